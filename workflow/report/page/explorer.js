// The explorer: sliders pick what was computed beforehand; bars and curves show it.
const NS = "http://www.w3.org/2000/svg";
const drawn = (name, look, parent, text) => {
  const node = document.createElementNS(NS, name);
  for (const [key, one] of Object.entries(look)) node.setAttribute(key, one);
  if (text !== undefined) node.textContent = text;
  parent?.append(node);
  return node;
};
const made = (name, look, parent, text) => {
  const node = document.createElement(name);
  for (const [key, one] of Object.entries(look)) node.setAttribute(key, one);
  if (text !== undefined) node.textContent = text;
  parent?.append(node);
  return node;
};
const superscript = exponent => [...String(exponent)].map(mark => mark === "-" ? "⁻" : RAISED[mark]).join("");
const written = number => {
  if (Math.abs(number) < 1e-12) return "0";
  if (Math.abs(number) >= 1e-3 && Math.abs(number) < 1e4) return String(+number.toPrecision(3)).replace("-", "−");
  const [digits, exponent] = number.toExponential(2).split("e");
  return `${String(+digits).replace("-", "−")} × 10${superscript(+exponent)}`;
};
const LOOKS = {bc: ["var(--bc)", "5 1.5 1 1.5", 2], vanilla_adv: ["var(--vanilla_adv)", "4 3", 2], mfc_adv: ["var(--mfc_adv)", "", 3.5]};
const look = name => LOOKS[name] ?? ["var(--other)", "1.5 2", 2];
for (const explorer of document.querySelectorAll(".explorer")) {
  const {games, proxies, gaps, panels} = JSON.parse(explorer.querySelector("script").textContent);
  const sliders = made("div", {class: "sliders"}, explorer), legend = made("ul", {class: "legend"}, explorer);
  const place = {game: games[0]}, prefix = explorer.id;
  const slider = (name, symbol, stops, text) => {
    const label = made("label", {}, sliders);
    label.insertAdjacentHTML("beforeend", `<span>${symbol}</span>`);
    const input = made("input", {type: "range", name, min: 0, max: stops().length - 1, value: Math.floor(stops().length / 2)}, label);
    const output = made("output", {}, label);
    const say = () => {
      const at = Math.min(+input.value, stops().length - 1), said = text(stops()[at]);
      place[name] = at; output.textContent = said; input.setAttribute("aria-valuetext", said);
    };
    input.addEventListener("input", () => { say(); draw(); });
    say();
  };
  if (games.length > 1) {
    const label = made("label", {}, sliders);
    made("span", {}, label, "game");
    const select = made("select", {name: "game"}, label);
    games.forEach((game, index) => made("option", {value: index}, select, game.label));
    select.addEventListener("change", () => { place.game = games[+select.value]; draw(); });
  }
  slider("L_P", "dependence <math><msub><mi>L</mi><mi>P</mi></msub></math>", () => place.game.L_P, String);
  slider("H", "horizon <math><mi>H</mi></math>", () => place.game.H, String);
  slider("alpha", "slip <math><mi>α</mi></math>", () => place.game.alpha, written);
  for (const {name, label} of proxies) {
    const item = made("li", {}, legend), [color, dashes, width] = look(name);
    drawn("line", {x1: 0, x2: 32, y1: 6, y2: 6, stroke: color, "stroke-dasharray": dashes, "stroke-width": width}, drawn("svg", {viewBox: "0 0 32 12", "aria-hidden": true}, item));
    item.append(label);
  }
  const at = (name, alpha) => {
    const {game, L_P, H} = place, count = game.alpha.length;
    return game.values[name][(L_P * game.H.length + H) * count + alpha];
  };
  // Bars stand on a logarithmic axis that no slider moves: equal lengths are equal numbers.
  const bars = made("div", {class: "panels"}, explorer), curves = made("div", {class: "panels"}, explorer);
  const span = names => {
    const all = games.flatMap(game => names.flatMap(name => game.values[name])).filter(number => number > 1e-9);
    return [Math.floor(Math.log10(Math.min(...[1, ...all]))), Math.ceil(Math.log10(Math.max(...[1, ...all])))];
  };
  for (const one of games) for (const name of Object.keys(one.values)) one.values[name] = one.values[name].map(Number);
  const barsOf = (title, entries) => {
    const figure = made("figure", {}, bars), [low, high] = span(entries.map(entry => entry.name)), height = 26 * entries.length + 42;
    made("figcaption", {}, figure, title);
    const svg = drawn("svg", {viewBox: `0 0 400 ${height}`, role: "img", class: "bars"}, figure), start = 8 + 7.2 * Math.max(...entries.map(entry => entry.label.length)), x = number => start + (318 - start) * (Math.log10(number) - low) / (high - low);
    const step = Math.ceil((high - low) / 4);
    for (let decade = low; decade <= high; decade += step) {
      drawn("line", {x1: x(10 ** decade), x2: x(10 ** decade), y1: 0, y2: height - 24, stroke: "var(--line)"}, svg);
      drawn("text", {x: x(10 ** decade), y: height - 8, "font-size": 13, "text-anchor": "middle"}, svg, decade === 0 ? "1" : `10${superscript(decade)}`);
    }
    const rows = entries.map((entry, row) => {
      drawn("text", {x: start - 6, y: 26 * row + 18, "font-size": 13, "text-anchor": "end"}, svg, entry.label);
      const bar = drawn("rect", {x: start, y: 26 * row + 4, height: 18, width: 0, fill: entry.color}, svg);
      return {...entry, bar, number: drawn("text", {y: 26 * row + 18, "font-size": 13, class: "value"}, svg)};
    });
    return () => {
      const said = [];
      for (const {name, label, bar, number} of rows) {
        const measured = at(name, place.alpha), end = measured > 10 ** low ? x(measured) : start;
        bar.setAttribute("width", end - start); number.setAttribute("x", end + 5); number.textContent = written(measured);
        said.push(`${label} ${written(measured)}`);
      }
      svg.setAttribute("aria-label", `${title}: ${said.join(", ")}`);
    };
  };
  const nice = top => [1, 2, 2.5, 4, 5, 10].map(step => step * 10 ** Math.floor(Math.log10(top))).find(step => step >= top * 0.999);
  const curvesOf = ({name: gap, label}) => {
    const figure = made("figure", {}, curves);
    made("figcaption", {}, figure, label);
    const svg = drawn("svg", {viewBox: "0 0 320 250", role: "img", class: "curves"}, figure);
    return () => {
      svg.replaceChildren();
      const alphas = place.game.alpha.keys().toArray?.() ?? [...place.game.alpha.keys()];
      const top = nice(Math.max(...alphas.map(alpha => at(gap, alpha)), 1e-9)), x = error => 44 + 132 * error, y = number => 206 - 190 * Math.max(number, 0) / top;
      for (const part of [0, 0.5, 1]) {
        drawn("line", {x1: 44, x2: 308, y1: y(part * top), y2: y(part * top), stroke: "var(--line)"}, svg);
        drawn("text", {x: 38, y: y(part * top) + 4, "font-size": 13, "text-anchor": "end"}, svg, written(part * top));
        drawn("text", {x: x(2 * part), y: 224, "font-size": 13, "text-anchor": "middle"}, svg, String(2 * part));
      }
      drawn("text", {x: 176, y: 244, "font-size": 13, "text-anchor": "middle"}, svg, "error of the imitator");
      for (const {name} of [...proxies].reverse()) {
        const [color, dashes, width] = look(name);
        const points = alphas.map(alpha => `${x(at(name, alpha)).toFixed(1)} ${y(at(gap, alpha)).toFixed(1)}`).join("L");
        drawn("path", {d: `M${points}`, fill: "none", stroke: color, "stroke-dasharray": dashes, "stroke-width": width}, svg);
      }
      for (const {name} of [...proxies].reverse()) drawn("circle", {cx: x(at(name, place.alpha)), cy: y(at(gap, place.alpha)), r: 5, fill: look(name)[0], stroke: "var(--paper)"}, svg);
      svg.setAttribute("aria-label", `${label} against each error, up to ${written(top)}; at this slip ${written(at(gap, place.alpha))}`);
    };
  };
  const parts = [
    barsOf("Errors of the imitator, 1-norm", proxies.map(one => ({...one, color: look(one.name)[0]}))),
    barsOf("Gaps, units of reward", gaps.map(one => ({...one, color: "var(--strong)"}))),
    ...panels.map(name => curvesOf(gaps.find(gap => gap.name === name))),
  ];
  const draw = () => parts.forEach(part => part());
  draw();
}
