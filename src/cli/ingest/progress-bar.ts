import cliProgress from 'cli-progress'
import type {IngestProgress} from '../../ingestion/index.ts'

const stageNames: Readonly<Record<IngestProgress['stage'], string>> = {
  scan: 'Looking at files',
  pages: 'Reading pages',
  finish: 'Writing the index',
  verify: 'Trying the index',
  gates: 'Checking gates',
  calibrate: 'Calibrating',
  publish: 'Publishing',
}

/** One line on the terminal: a bar while pages are counted, the name of the stage otherwise. */
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
      // Every line is as long as it is.
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
        // It is drawn now and then; the last state of all is drawn in any case.
        if (done === total) bar.render()
      } else bar.update(payload)
    },
    stop: () => bar.stop(),
  }
}
