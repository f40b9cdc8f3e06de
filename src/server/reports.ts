import {
  createReports,
  type Outbox,
  openNotifier,
  openOutbox,
  openPostgresOutbox,
  type Reports,
  receiverOf,
} from '../notify/index.ts'
import type {Database} from './database.ts'
import type {ServerOptions} from './options.ts'
import {storeFile} from './stores.ts'

/**
 * Reports to other programs what happens; null where the settings name none, or what waits to be sent cannot be read. With a
 * database, all servers send what waits there.
 */
export async function reportsOf(
  {settings, log}: ServerOptions,
  database: Database | null,
  onResult: (result: string, count: number) => void,
): Promise<Reports | null> {
  const {notifyUrls: urls, notifySecret: secret, notifyEvents: events, publicUrl} = settings
  if (urls.length === 0 || secret === null) return null
  const outbox = await outboxOf({settings, log}, database, urls.map(receiverOf))
  if (outbox === null) return null
  const onProblem = (err: unknown) =>
    log.warn({err}, 'a webhook cannot be delivered; it is tried again, and answers are not affected')
  return createReports(openNotifier({outbox, urls, secret, events, onResult, onProblem}), publicUrl)
}

/** Visitors are answered without webhooks. */
async function outboxOf(
  {settings, log}: Pick<ServerOptions, 'settings' | 'log'>,
  database: Database | null,
  receivers: readonly string[],
): Promise<Outbox | null> {
  try {
    if (database !== null) return await openPostgresOutbox({postgres: database.postgres, receivers})
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
