import {createReports, openNotifier, openOutbox, type Reports, receiverOf} from '../notify/index.ts'
import type {ServerOptions} from './options.ts'
import {storeFile} from './stores.ts'

/** Reports to other programs what happens; null where the settings name none. */
export function reportsOf(
  {settings, log}: ServerOptions,
  onResult: (result: string, count: number) => void,
): Reports | null {
  const {notifyUrls: urls, notifySecret: secret, notifyEvents: events, publicUrl} = settings
  if (urls.length === 0 || secret === null) return null
  const outbox = openOutbox({
    file: storeFile(settings, 'webhooks'),
    receivers: urls.map(receiverOf),
    onExposed: (warning) => log.warn({warning}, 'other users of this machine can read which webhooks wait'),
  })
  const onProblem = (err: unknown) =>
    log.warn({err}, 'a webhook cannot be delivered; it is tried again, and answers are not affected')
  return createReports(openNotifier({outbox, urls, secret, events, onResult, onProblem}), publicUrl)
}
