import {Counter, collectDefaultMetrics, Gauge, Histogram, Registry} from 'prom-client'
import type {AnswerEvent} from '../domain/index.ts'

/** What operators watch. One registry for each server, so that several can live in one process. */
export interface StreamMetrics {
  readonly registry: Registry
  /** Counts an open stream; call what it gives when it closes. */
  opened(transport: 'sse' | 'ws'): () => void
  sent(type: AnswerEvent['type']): void
  slowReader(): void
  refused(code: string): void
  answered(route: string, method: string, status: number, seconds: number): void
}

export interface StreamMetricsOptions {
  /** Answers being written, asked for at each scrape. */
  readonly activeAnswers: () => number
  /** Process figures as well (memory, event loop delay). One server of a process may have them. Default false. */
  readonly withProcessMetrics?: boolean
}

export function createStreamMetrics({
  activeAnswers,
  withProcessMetrics = false,
}: StreamMetricsOptions): StreamMetrics {
  const registry = new Registry()
  const registers = [registry]
  if (withProcessMetrics) collectDefaultMetrics({register: registry})

  const streams = new Gauge({
    name: 'docent_streams_open',
    help: 'Streams that readers hold open.',
    labelNames: ['transport'],
    registers,
  })
  const events = new Counter({
    name: 'docent_events_sent_total',
    help: 'Answer events sent to readers.',
    labelNames: ['type'],
    registers,
  })
  const slow = new Counter({
    name: 'docent_slow_readers_total',
    help: 'Readers dropped because they took nothing.',
    registers,
  })
  const refusals = new Counter({
    name: 'docent_refusals_total',
    help: 'Requests refused, by error code.',
    labelNames: ['code'],
    registers,
  })
  const requests = new Histogram({
    name: 'docent_http_request_seconds',
    help: 'Time from a request to the end of its response. Streams last as long as their answer.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 5, 20, 60],
    registers,
  })
  new Gauge({
    name: 'docent_answers_active',
    help: 'Answers being written.',
    registers,
    collect() {
      this.set(activeAnswers())
    },
  })

  // One look-up of a label for each token would cost more than the counting.
  const ofType = new Map<string, {inc(): void}>()

  return {
    registry,
    opened(transport) {
      streams.inc({transport})
      return () => streams.dec({transport})
    },
    sent(type) {
      let counter = ofType.get(type)
      if (!counter) {
        counter = events.labels(type)
        ofType.set(type, counter)
      }
      counter.inc()
    },
    slowReader: () => slow.inc(),
    refused: (code) => refusals.inc({code}),
    answered: (route, method, status, seconds) => requests.observe({route, method, status}, seconds),
  }
}
