import {readdirSync, readFileSync} from 'node:fs'

const samplesPerSecond = 20
/** A tick of the kernel's clock as `/proc` counts it, and a page of memory as it does on x64 and most arm64. */
const msPerTick = 10
const bytesPerPage = 4096

/** What processes below this one cost; null where the system has no `/proc`. */
export interface ChildCosts {
  /** Processor time of all, in seconds, without what they used after their last sample. */
  readonly cpuSeconds: number | null
  /** Resident memory of all together at its peak, in megabytes. */
  readonly peakMb: number | null
}

/** Watches all child processes and theirs, from now on. The function that is returned ends it. */
export function watchChildren(): () => ChildCosts {
  const ticks = new Map<number, number>()
  let peak = 0
  const sample = (): void => {
    let bytes = 0
    for (const {pid, ticks: used, pages} of descendants()) {
      ticks.set(pid, used)
      bytes += pages * bytesPerPage
    }
    peak = Math.max(peak, bytes)
  }
  const timer = setInterval(sample, 1_000 / samplesPerSecond)
  return () => {
    clearInterval(timer)
    if (peak === 0) return {cpuSeconds: null, peakMb: null}
    const used = [...ticks.values()].reduce((sum, count) => sum + count, 0)
    return {cpuSeconds: (used * msPerTick) / 1_000, peakMb: peak / 1e6}
  }
}

interface ProcessSample {
  readonly pid: number
  readonly parent: number
  readonly ticks: number
  readonly pages: number
}

function descendants(): ProcessSample[] {
  if (process.platform !== 'linux') return []
  const byPid = new Map<number, ProcessSample>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const sample = sampleOf(Number(name))
    if (sample !== null) byPid.set(sample.pid, sample)
  }
  const isBelow = ({parent}: ProcessSample): boolean => {
    for (let at: number | undefined = parent; at !== undefined && at > 1; at = byPid.get(at)?.parent)
      if (at === process.pid) return true
    return false
  }
  return [...byPid.values()].filter(isBelow)
}

/** Null when the process has ended. Fields as in proc_pid_stat(5); the first after the name is the third. */
function sampleOf(pid: number): ProcessSample | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const field = (number: number): number => Number(fields[number - 3])
    return {pid, parent: field(4), ticks: field(14) + field(15), pages: field(24)}
  } catch {
    return null
  }
}
