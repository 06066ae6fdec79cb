#!/usr/bin/env bash
# A Slurm cluster of one node, this machine, that only this machine can reach; for tests/workflow/test_slurm.py.
#   bash tests/workflow/slurm_node.sh start    does nothing where it runs already
#   bash tests/workflow/slurm_node.sh stop     and leaves nothing behind
# Needs root and Debian's munge, slurmctld, slurmd and slurm-client. Accounting and control groups are left out: neither
# a database nor systemd is needed. A slurm.conf that this script did not write is left alone.
set -euo pipefail

CONF=/etc/slurm/slurm.conf  # no other place: `srun` inside a job is not told of SLURM_CONF
OURS="# Written by tests/workflow/slurm_node.sh"
STATE=/run/slurm-test-node

refuse() { echo "No Slurm node for tests: $1" >&2; exit 3; }

[ "$(id -u)" = 0 ] || refuse "only root can start one"
for program in munged slurmctld slurmd sbatch; do
    PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || refuse "$program is not installed (see .ci/packages)"
done
[ ! -e "$CONF" ] || grep -qxF "$OURS" "$CONF" || refuse "$CONF belongs to another cluster"

# The process of a daemon of ours, if it runs: a pid file outlives its process, and the number may be another's by now.
# What was killed and still waits for its parent has a name, but no program.
process() {
    local pid
    pid=$(cat "$STATE/$1/pid" 2>/dev/null) || return
    [ -e "/proc/$pid/exe" ] && [ "$(cat "/proc/$pid/comm")" = "$1" ] && echo "$pid"
}

configure() {
    local host memory
    host=$(hostname -s)
    memory=$(awk '/^MemTotal/ {print int($2 / 1024)}' /proc/meminfo)
    mkdir -p "$STATE"
    install -d -o munge -g munge "$STATE/munged"
    install -d -o slurm -g slurm "$STATE/slurmctld"
    install -d "$STATE/slurmd"
    cat >"$CONF" <<END
$OURS
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
AuthType=auth/munge
AuthInfo=socket=$STATE/munged/socket
SlurmUser=slurm
SlurmctldPidFile=$STATE/slurmctld/pid
SlurmctldLogFile=$STATE/slurmctld/log
StateSaveLocation=$STATE/slurmctld
SlurmdPidFile=$STATE/slurmd/pid
SlurmdLogFile=$STATE/slurmd/log
SlurmdSpoolDir=$STATE/slurmd
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
DefMemPerCPU=1000
# What cannot be had is refused at once, and what can be had starts at once.
EnforcePartLimits=ALL
SchedulerParameters=batch_sched_delay=0,bf_interval=1
ReturnToService=2
KillWait=5
# Seconds for which a job that has ended can still be asked for.
MinJobAge=3600
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$memory
PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE
END
}

start() {
    if process munged >/dev/null && process slurmctld >/dev/null && process slurmd >/dev/null; then return; fi
    stop
    configure
    runuser -u munge -- munged --socket "$STATE/munged/socket" --pid-file "$STATE/munged/pid" \
        --log-file "$STATE/munged/log" --seed-file "$STATE/munged/seed"
    slurmctld
    slurmd
    for _ in $(seq 100); do
        case $(sinfo --noheader --format=%T 2>/dev/null) in idle | mixed | allocated) return ;; esac
        sleep 0.2
    done
    tail "$STATE"/*/log >&2
    refuse "it did not come up within 20 seconds"
}

stop() {
    local daemon pid
    for daemon in slurmd slurmctld munged; do
        pid=$(process "$daemon") || continue
        kill "$pid"
        while process "$daemon" >/dev/null; do sleep 0.1; done
    done
    rm -rf "$STATE" "$CONF"
}

export PATH=$PATH:/usr/sbin
case ${1-} in start | stop) "$1" ;; *) sed -n '2,4p' "$0" >&2; exit 2 ;; esac
