import {setTimeout as delay} from 'node:timers/promises'
import {DocentError} from '../../domain/index.ts'
import {isTransient} from '../../postgres/index.ts'

/** After how many milliseconds each something is tried again that the database did not answer. */
const retriesMs = [200, 1_000, 3_000]

/** Does it again where the database did not answer. @throws what it rejects with at last, and the signal's reason. */
export async function retried<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (const ms of retriesMs) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof DocentError) || !isTransient(error.cause)) throw error
      await delay(ms, undefined, signal === undefined ? {} : {signal})
    }
  }
  return work()
}
