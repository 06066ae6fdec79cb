// Crowds that move: every dot is an agent of the population, and as many dots are in a state as its share says.
const DOTS = 120, SECONDS = 0.55;
for (const crowd of document.querySelectorAll(".crowd")) {
  const {title, states, places, panels} = JSON.parse(crowd.querySelector("script").textContent);
  const last = panels[0].shares.length - 1, calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const controls = made("div", {class: "sliders controls"}, crowd), label = made("label", {}, controls);
  const play = made("button", {type: "button"}, label, "Play");
  const slider = made("input", {type: "range", min: 0, max: last, value: 0, "aria-label": "step"}, label);
  const output = made("output", {}, label), grid = made("div", {class: "panels crowds"}, crowd);
  // Where a state is: its cell on the map, or a column of its own.
  const wide = places ? Math.max(...places.map(place => place[0])) + 1 : states.length;
  const high = places ? Math.max(...places.map(place => place[1])) + 1 : 1;
  const size = places ? 160 / Math.max(wide, high) : 160 / wide, height = places ? size * high : 100;
  const noise = dot => [12.9898, 78.233].map(factor => { const wave = 43758.5453 * Math.sin(dot * factor); return wave - Math.floor(wave); });
  const spot = (state, dot) => {
    const [x, y] = places ? places[state] : [state, 0], [u, v] = noise(dot + 1);
    return [size * (x + 0.12 + 0.76 * u), (places ? size * y : 0) + (places ? size : height) * (0.08 + 0.84 * v)];
  };
  // The dots of every step, each moved only if its state has become emptier: nobody moves without need.
  const scenes = panels.map(({shares}) => {
    let at = [];
    return shares.map(row => {
      const wanted = row.map(share => Math.floor(share * DOTS));
      const order = row.map((share, state) => [share * DOTS - wanted[state], state]).sort((a, b) => b[0] - a[0]);
      for (let i = 0, missing = DOTS - wanted.reduce((a, b) => a + b, 0); i < missing; i++) wanted[order[i % order.length][1]]++;
      const room = [...wanted], next = Array(DOTS).fill(-1);
      at.forEach((state, dot) => { if (room[state] > 0) { room[state]--; next[dot] = state; } });
      for (let dot = 0; dot < DOTS; dot++) if (next[dot] < 0) { next[dot] = room.findIndex(count => count > 0); room[next[dot]]--; }
      at = next;
      return next;
    });
  });
  const drawings = panels.map(({label: name, shares}, number) => {
    const figure = made("figure", {}, grid);
    made("figcaption", {}, figure, name);
    const svg = drawn("svg", {viewBox: `-1 -1 ${size * wide + 2} ${height + (places ? 2 : 18)}`, role: "img"}, figure);
    states.forEach((state, index) => {
      const [x, y] = places ? places[index] : [index, 0];
      drawn("rect", {x: size * x, y: places ? size * y : 0, width: size, height: places ? size : height, fill: "none", stroke: "var(--line)"}, svg);
      if (!places && states.length < 9) drawn("text", {x: size * (x + 0.5), y: height + 13, "font-size": 10, "text-anchor": "middle"}, svg, state);
    });
    const dots = Array.from({length: DOTS}, () => drawn("circle", {r: places ? Math.max(1.2, size / 14) : 2.2, fill: "var(--vanilla_adv)", class: "dot"}, svg));
    return step => {
      scenes[number][step].forEach((state, dot) => { const [x, y] = spot(state, dot); dots[dot].style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`; });
      const most = shares[step].indexOf(Math.max(...shares[step]));
      svg.setAttribute("aria-label", `${name}, step ${step}: ${Math.round(100 * shares[step][most])}% in ${states[most]}`);
    };
  });
  const show = step => { slider.value = step; output.textContent = `step ${step} of ${last}`; slider.setAttribute("aria-valuetext", output.textContent); drawings.forEach(draw => draw(step)); };
  let timer = 0;
  const stop = () => { clearInterval(timer); timer = 0; play.textContent = "Play"; };
  const start = () => {
    if (+slider.value >= last) show(0);
    play.textContent = "Pause";
    timer = setInterval(() => { if (+slider.value >= last) stop(); else show(+slider.value + 1); }, 1000 * SECONDS);
  };
  play.addEventListener("click", () => timer ? stop() : start());
  slider.addEventListener("input", () => { stop(); show(+slider.value); });
  grid.setAttribute("role", "group"); grid.setAttribute("aria-label", `The crowds of ${title}`);
  // It moves once by itself, when it comes into sight, unless the reader asked for calm; it rests at the last step.
  show(calm ? last : 0);
  if (!calm) new IntersectionObserver((seen, observer) => { if (seen.some(one => one.isIntersecting)) { observer.disconnect(); start(); } }, {threshold: 0.4}).observe(grid);
  addEventListener("beforeprint", () => { stop(); show(last); });
}
