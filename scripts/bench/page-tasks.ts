import type {Browser, Page} from 'playwright-core'

/** How many times slower than this machine the page runs. */
export const slowDown = 4
/** A task of this CPU time or more is long: the page does not react meanwhile. */
const longMs = 50

/** What a page did on its main thread, in CPU time at the slow-down. */
export interface PageTasks {
  readonly tasks: number
  readonly longTasks: number
  /** Long tasks that would be long without their style, layout and painting, too. */
  readonly longScripts: number
  /** The longest of a task without its style, layout and painting. */
  readonly longestScriptMs: number
  /** Share of script in the time of all long tasks, 0 to 1; null when there is none. */
  readonly scriptShare: number | null
  /** Cumulative layout shift, without what the reader caused. */
  readonly shift: number
}

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** Microseconds, as is CPU time. */
  readonly ts: number
  readonly dur?: number
  readonly tdur?: number
  readonly args: {readonly name?: string}
}

const drawing: ReadonlySet<string> = new Set(
  'UpdateLayoutTree Layout PrePaint Paint Layerize Commit UpdateLayer CompositeLayers HitTest'.split(' '),
)

/** Records the tasks of a page from now until `run` has ended. */
export async function recordTasks(
  browser: Browser,
  page: Page,
  run: () => Promise<unknown>,
): Promise<PageTasks> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Emulation.setCPUThrottlingRate', {rate: slowDown})
  await page.evaluate(watchShift)
  await browser.startTracing(page, {categories: ['devtools.timeline', 'toplevel']})
  await run()
  const trace = JSON.parse((await browser.stopTracing()).toString()) as {traceEvents: TraceEvent[]}
  return {
    ...tasksIn(trace.traceEvents),
    shift: await page.evaluate(() => Number(document.body.dataset['shift'])),
  }
}

/** Runs in the page. */
function watchShift(): void {
  document.body.dataset['shift'] = '0'
  const add = (list: PerformanceObserverEntryList): void => {
    for (const entry of list.getEntries() as (PerformanceEntry & {value: number; hadRecentInput: boolean})[])
      if (!entry.hadRecentInput)
        document.body.dataset['shift'] = String(Number(document.body.dataset['shift']) + entry.value)
  }
  new PerformanceObserver(add).observe({type: 'layout-shift'})
}

/** The tasks of the busiest main thread in a trace of Chromium, which is the page's. */
export function tasksIn(events: readonly TraceEvent[]): Omit<PageTasks, 'shift'> {
  const threadOf = ({pid, tid}: TraceEvent): string => `${pid}/${tid}`
  const threads = events
    .filter(({name, args}) => name === 'thread_name' && args.name === 'CrRendererMain')
    .map((named) => events.filter((event) => event.ph === 'X' && threadOf(event) === threadOf(named)))
  const busiest = threads.sort((a, b) => b.length - a.length)[0] ?? []
  // One that contains another begins earlier, or ends later.
  const inOrder = busiest.sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))
  const tasks: {cpuMs: number; drawMs: number}[] = []
  let taskEnd = Number.NEGATIVE_INFINITY
  let drawEnd = Number.NEGATIVE_INFINITY
  for (const {name, ts, dur = 0, tdur = dur} of inOrder) {
    if (ts >= taskEnd && name.endsWith('RunTask')) {
      tasks.push({cpuMs: tdur / 1_000, drawMs: 0})
      taskEnd = ts + dur
    } else if (ts < taskEnd && ts >= drawEnd && drawing.has(name)) {
      tasks.at(-1)!.drawMs += tdur / 1_000
      drawEnd = ts + dur
    }
  }
  const long = tasks.filter(({cpuMs}) => cpuMs >= longMs)
  const scripts = tasks.map(({cpuMs, drawMs}) => cpuMs - drawMs)
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const longCpuMs = sum(long.map(({cpuMs}) => cpuMs))
  return {
    tasks: tasks.length,
    longTasks: long.length,
    longScripts: scripts.filter((ms) => ms >= longMs).length,
    longestScriptMs: Math.max(0, ...scripts),
    scriptShare: longCpuMs === 0 ? null : 1 - sum(long.map(({drawMs}) => drawMs)) / longCpuMs,
  }
}
