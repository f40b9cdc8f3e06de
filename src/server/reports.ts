import {
  createReports,
  type Outbox,
  openNotifier,
  openOutbox,
  type Reports,
  receiverOf,
} from '../notify/index.ts'
import type {ServerOptions} from './options.ts'
import {storeFile} from './stores.ts'

/** Reports to other programs what happens; null where the settings name none, or what waits to be sent cannot be read. */
export function reportsOf(
  {settings, log}: ServerOptions,
  onResult: (result: string, count: number) => void,
): Reports | null {
  const {notifyUrls: urls, notifySecret: secret, notifyEvents: events, publicUrl} = settings
  if (urls.length === 0 || secret === null) return null
  const outbox = outboxOf({settings, log}, urls.map(receiverOf))
  if (outbox === null) return null
  const onProblem = (err: unknown) =>
    log.warn({err}, 'a webhook cannot be delivered; it is tried again, and answers are not affected')
  return createReports(openNotifier({outbox, urls, secret, events, onResult, onProblem}), publicUrl)
}

/** Visitors are answered without webhooks. */
function outboxOf(
  {settings, log}: Pick<ServerOptions, 'settings' | 'log'>,
  receivers: readonly string[],
): Outbox | null {
  try {
    return openOutbox({
      file: storeFile(settings, 'webhooks'),
      receivers,
      onExposed: (warning) => log.warn({warning}, 'other users of this machine can read which webhooks wait'),
    })
  } catch (err) {
    log.error({err}, 'no webhooks are sent until this is mended and the server started again')
    return null
  }
}
