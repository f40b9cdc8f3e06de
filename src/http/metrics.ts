import {Counter, collectDefaultMetrics, Gauge, Histogram, Registry} from 'prom-client'
import {
  type AnswerEvent,
  type Ending,
  type ErrorCode,
  type FinishReason,
  isPartialFinish,
  type Timings,
  type Usage,
} from '../domain/index.ts'

/** What operators watch. One registry for each server, so that several can live in one process. */
export interface Metrics {
  readonly registry: Registry
  /** Counts an open stream; call what it gives when it closes. */
  opened(transport: 'sse' | 'ws'): () => void
  sent(type: AnswerEvent['type']): void
  slowReader(): void
  refused(code: string): void
  /** Counts an answer that has ended, however it ended; answering's `onEnd` fits. */
  answerEnded(summary: EndedAnswer): void
  responded(route: string, method: string, status: number, seconds: number): void
}

export interface EndedAnswer {
  readonly channel: string
  readonly ending: Ending
  readonly finishReason: FinishReason | null
  readonly code: ErrorCode | null
  readonly usage: Usage
  readonly timings: Timings
}

export interface MetricsOptions {
  /** Answers being written, asked for at each scrape. */
  readonly activeAnswers: () => number
  /** Whether what is logged reaches the disk, asked for at each scrape; absent where nothing is logged. */
  readonly journalHealth?: () => {readonly degraded: boolean; readonly unflushed: number}
  /** Process figures as well (memory, event loop delay). One server of a process may have them. Default false. */
  readonly withProcessMetrics?: boolean
}

export function createMetrics({
  activeAnswers,
  journalHealth,
  withProcessMetrics = false,
}: MetricsOptions): Metrics {
  const registry = new Registry()
  const registers = [registry]
  if (withProcessMetrics) collectDefaultMetrics({register: registry})

  const streams = new Gauge({
    name: 'docent_streams_open',
    help: 'Streams that readers hold open.',
    labelNames: ['transport'],
    registers,
  })
  /** Since the last scrape: counting in the registry for each token would cost more than sending it. */
  const sent = new Map<AnswerEvent['type'], number>()
  new Counter({
    name: 'docent_events_sent_total',
    help: 'Answer events sent to readers.',
    labelNames: ['type'],
    registers,
    collect() {
      for (const [type, count] of sent) this.inc({type}, count)
      sent.clear()
    },
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
  const answers = new Counter({
    name: 'docent_answers_total',
    help: 'Answers that have ended, by ending, error code, channel and what made them partial.',
    labelNames: ['ending', 'code', 'channel', 'partial'],
    registers,
  })
  const phases = new Histogram({
    name: 'docent_answer_seconds',
    help: 'Time from a question to its sources, its first token and its end.',
    labelNames: ['phase'],
    buckets: [0.005, 0.02, 0.1, 0.3, 1, 2, 5, 10, 30, 60, 120],
    registers,
  })
  const tokens = new Counter({
    name: 'docent_model_tokens_total',
    help: 'Tokens that the model has read and written.',
    labelNames: ['direction'],
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

  if (journalHealth !== undefined) {
    new Gauge({
      name: 'docent_journal_degraded',
      help: '1 while transcripts cannot be written to disk; answers go on.',
      registers,
      collect() {
        this.set(journalHealth().degraded ? 1 : 0)
      },
    })
    new Gauge({
      name: 'docent_journal_unflushed_events',
      help: 'Events that wait in memory to be written.',
      registers,
      collect() {
        this.set(journalHealth().unflushed)
      },
    })
  }

  return {
    registry,
    opened(transport) {
      streams.inc({transport})
      return () => streams.dec({transport})
    },
    sent(type) {
      sent.set(type, (sent.get(type) ?? 0) + 1)
    },
    slowReader: () => slow.inc(),
    refused: (code) => refusals.inc({code}),
    answerEnded({channel, ending, finishReason, code, usage, timings}) {
      // Empty for whole answers: to Prometheus a label without a value is none, so those series go on.
      const partial = isPartialFinish(finishReason) ? finishReason : ''
      answers.inc({ending, code: code ?? '', channel, partial})
      tokens.inc({direction: 'in'}, usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens)
      tokens.inc({direction: 'out'}, usage.outputTokens)
      const {sourcesMs, firstTokenMs, totalMs} = timings
      if (sourcesMs !== null) phases.observe({phase: 'sources'}, sourcesMs / 1000)
      if (firstTokenMs !== null) phases.observe({phase: 'first_token'}, firstTokenMs / 1000)
      phases.observe({phase: 'total'}, totalMs / 1000)
    },
    responded: (route, method, status, seconds) => requests.observe({route, method, status}, seconds),
  }
}
