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
import {within} from '../lib/within.ts'

/** So long the number of open gaps is waited for, in milliseconds. */
const openGapsMs = 1_000

/** Metrics for operators. Each server has its own registry, so that several can run in one process. */
export interface Metrics {
  readonly registry: Registry
  /** Counts an open stream. Call the returned function when it closes. */
  streamOpened(transport: 'sse' | 'ws'): () => void
  eventSent(type: AnswerEvent['type']): void
  readerDropped(): void
  refused(code: string): void
  /** Counts an answer that has ended, with any ending. An `AnswerSummary` is assignable. */
  answerEnded(summary: AnswerFigures): void
  /** Counts what was replaced in the words of a visitor, by kind. */
  redacted(found: Readonly<Record<string, number>>): void
  /** Counts an answer of which a visitor said that the docs lack it: once for each answer. */
  missingInDocs(): void
  /** Counts a reader who takes an answer up again. */
  resumed(): void
  /** Counts a source that a visitor opened: once for each answer and source. */
  sourceOpened(): void
  /** Counts a rating that a visitor gave, also one that he changes later. */
  rated(rating: 'up' | 'down'): void
  /** Counts tries to send a webhook, and messages that were given up or dropped. */
  notified(result: string, count: number): void
  /** Counts a call of a tool over the Model Context Protocol, by tool and by how it ended. */
  mcpCalled(tool: string, outcome: string): void
  responded(route: string, method: string, status: number, seconds: number): void
}

export interface AnswerFigures {
  readonly channel: string
  readonly ending: Ending
  readonly finishReason: FinishReason | null
  readonly abstained: boolean
  readonly code: ErrorCode | null
  readonly usage: Usage
  readonly timings: Timings
}

export interface ServerFacts {
  /** Its name where several share a database; else empty. */
  readonly name: string
  /** Of Docent. */
  readonly version: string
  /** The build that is served; null without an index. */
  readonly build: string | null
  /** Why that is not the current build, or is degraded; null when all is well. */
  readonly problem: string | null
}

export interface MetricsOptions {
  /** Number of answers being written; called at each scrape. */
  readonly activeAnswers: () => number
  /** Whether the journal is being written to disk; called at each scrape. Absent if there is no journal. */
  readonly journalHealth?: () => {readonly degraded: boolean; readonly unflushed: number}
  /** Number of open gaps, what the docs fail to answer; called at each scrape. */
  readonly openGaps?: () => Promise<number>
  /** This server among others, and what it serves; called at each scrape. */
  readonly server?: () => ServerFacts
  /** Adds metrics of the process (memory, event loop delay). Only one server of a process may have them. Default false. */
  readonly withProcessMetrics?: boolean
}

export function createMetrics({
  activeAnswers,
  journalHealth,
  openGaps,
  server,
  withProcessMetrics = false,
}: MetricsOptions): Metrics {
  const registry = new Registry()
  const registers = [registry]
  if (withProcessMetrics) collectDefaultMetrics({register: registry})

  const streams = new Gauge({
    name: 'docent_streams_open',
    help: 'Open streams.',
    labelNames: ['transport'],
    registers,
  })
  /** Events since the last scrape: counting each token in the registry would cost more than sending it. */
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
    help: 'Readers that were disconnected because they were too slow.',
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
    help: 'Answers that have ended, by ending, error code, channel and reason for being partial.',
    labelNames: ['ending', 'code', 'channel', 'partial'],
    registers,
  })
  const missing = new Counter({
    name: 'docent_missing_in_docs_total',
    help: 'Answers of which the visitor said that the docs lack this.',
    registers,
  })
  const abstained = new Counter({
    name: 'docent_abstained_total',
    help: 'Answers in which Docent said that the docs do not have it.',
    registers,
  })
  const left = new Counter({
    name: 'docent_visitors_left_total',
    help: 'Answers that the visitor stopped or went away from, before their first token or later.',
    labelNames: ['when'],
    registers,
  })
  const resumes = new Counter({
    name: 'docent_resumes_total',
    help: 'Readers who took an answer up again after its stream had broken off.',
    registers,
  })
  const opened = new Counter({
    name: 'docent_sources_opened_total',
    help: 'Sources that visitors opened, each once for an answer.',
    registers,
  })
  const ratings = new Counter({
    name: 'docent_ratings_total',
    help: 'Ratings given by visitors, also those that were changed later.',
    labelNames: ['rating'],
    registers,
  })
  const webhooks = new Counter({
    name: 'docent_webhooks_total',
    help: 'Tries to send a webhook that was sent or failed, and messages given up or dropped.',
    labelNames: ['result'],
    registers,
  })
  const mcpCalls = new Counter({
    name: 'docent_mcp_calls_total',
    help: 'Calls of tools over the Model Context Protocol, by tool and outcome: ok, unanswered, left or an error code.',
    labelNames: ['tool', 'outcome'],
    registers,
  })
  const redactions = new Counter({
    name: 'docent_redactions_total',
    help: 'What was replaced in questions and comments before they were stored, by kind.',
    labelNames: ['kind'],
    registers,
  })
  const phases = new Histogram({
    name: 'docent_answer_seconds',
    help: 'Time from a question to its sources, its first token and its end; and, as stall, the longest silence after the first token.',
    labelNames: ['phase'],
    buckets: [0.005, 0.02, 0.1, 0.3, 1, 2, 5, 10, 30, 60, 120],
    registers,
  })
  const tokens = new Counter({
    name: 'docent_model_tokens_total',
    help: 'Tokens read and written by the model.',
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

  if (server !== undefined) {
    new Gauge({
      name: 'docent_server_info',
      help: 'Always 1: which server this is, among those that share a database, and what it serves.',
      labelNames: ['server', 'version', 'build'],
      registers,
      collect() {
        const {name, version, build} = server()
        this.reset()
        this.set({server: name, version, build: build ?? ''}, 1)
      },
    })
    new Gauge({
      name: 'docent_index_degraded',
      help: '1 while the current build is not the one that is served, or is not as it should be.',
      registers,
      collect() {
        this.set(server().problem === null ? 0 : 1)
      },
    })
  }
  if (openGaps !== undefined) {
    new Gauge({
      name: 'docent_gaps_open',
      help: 'Open gaps: groups of questions that the docs fail to answer.',
      registers,
      async collect() {
        // Where they cannot be read soon, the last known number stays: the other figures do not wait for a database.
        const open = await within(openGapsMs, openGaps(), () => null).catch(() => null)
        if (open !== null) this.set(open)
      },
    })
  }
  if (journalHealth !== undefined) {
    new Gauge({
      name: 'docent_journal_degraded',
      help: '1 while transcripts cannot be written to disk; answers are not affected.',
      registers,
      collect() {
        this.set(journalHealth().degraded ? 1 : 0)
      },
    })
    new Gauge({
      name: 'docent_journal_unflushed_events',
      help: 'Events in memory that are not written yet.',
      registers,
      collect() {
        this.set(journalHealth().unflushed)
      },
    })
  }

  return {
    registry,
    streamOpened(transport) {
      streams.inc({transport})
      return () => streams.dec({transport})
    },
    eventSent(type) {
      sent.set(type, (sent.get(type) ?? 0) + 1)
    },
    readerDropped: () => slow.inc(),
    refused: (code) => refusals.inc({code}),
    answerEnded({channel, ending, finishReason, abstained: hasAbstained, code, usage, timings}) {
      // Empty for complete answers: Prometheus treats an empty label as a missing one, so earlier series continue.
      const partial = isPartialFinish(finishReason) ? finishReason : ''
      answers.inc({ending, code: code ?? '', channel, partial})
      tokens.inc({direction: 'in'}, usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens)
      tokens.inc({direction: 'out'}, usage.outputTokens)
      if (hasAbstained) abstained.inc()
      const {sourcesMs, firstTokenMs, longestStallMs, totalMs} = timings
      const hasLeft = ending === 'stopped' || ending === 'disconnected'
      if (hasLeft) left.inc({when: firstTokenMs === null ? 'before_first_token' : 'before_end'})
      if (sourcesMs !== null) phases.observe({phase: 'sources'}, sourcesMs / 1000)
      if (firstTokenMs !== null) {
        phases.observe({phase: 'first_token'}, firstTokenMs / 1000)
        phases.observe({phase: 'stall'}, longestStallMs / 1000)
      }
      phases.observe({phase: 'total'}, totalMs / 1000)
    },
    redacted(found) {
      for (const [kind, count] of Object.entries(found)) redactions.inc({kind}, count)
    },
    resumed: () => resumes.inc(),
    sourceOpened: () => opened.inc(),
    notified: (result, count) => webhooks.inc({result}, count),
    mcpCalled: (tool, outcome) => mcpCalls.inc({tool, outcome}),
    missingInDocs: () => missing.inc(),
    rated: (rating) => ratings.inc({rating}),
    responded: (route, method, status, seconds) => requests.observe({route, method, status}, seconds),
  }
}
