import cliProgress from 'cli-progress'
import type {IngestProgress} from '../../ingestion/index.ts'

const stageNames: Readonly<Record<IngestProgress['stage'], string>> = {
  base: 'Checking the index',
  fetch: 'Fetching repositories',
  scan: 'Scanning files',
  site: 'Finding the site generator',
  model: 'Loading the model',
  plan: 'Comparing files',
  begin: 'Copying the index',
  pages: 'Reading pages',
  finish: 'Writing the index',
  report: 'Checking links',
  open: 'Opening the index',
  tune: 'Measuring the vector index',
  verify: 'Verifying the index',
  gates: 'Checking gates',
  calibrate: 'Calibrating',
  publish: 'Publishing',
}

/** One line on the terminal: a bar while pages are processed, otherwise the name of the stage. */
export function progressBar(): {show: (progress: IngestProgress) => void; stop: () => void} {
  const counted =
    '{stage} {bar} {value}/{total} pages · {passages} passages, {embedded} embedded · {eta_formatted} left'
  const bar = new cliProgress.SingleBar(
    {
      format: (options, params, payload: {readonly stage: string; readonly isCounted: boolean}) =>
        payload.isCounted
          ? cliProgress.Format.Formatter({...options, format: counted}, params, payload)
          : `${payload.stage.trim()} …`,
      hideCursor: true,
      clearOnComplete: true,
      // Lines may wrap.
      linewrap: false,
      stream: process.stderr,
    },
    cliProgress.Presets.shades_classic,
  )
  let isStarted = false
  return {
    show({stage, done, total, passages, embedded}) {
      const payload = {stage: stageNames[stage].padEnd(18), isCounted: total > 0, passages, embedded}
      if (!isStarted) bar.start(total, done, payload)
      isStarted = true
      if (total > 0) {
        bar.setTotal(total)
        bar.update(done, payload)
        // Updates are throttled, so the final state must be drawn explicitly.
        if (done === total) bar.render()
      } else bar.update(payload)
    },
    stop: () => bar.stop(),
  }
}
