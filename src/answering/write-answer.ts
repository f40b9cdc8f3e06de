import {DocentError, type Question, type RetrievedSource, shownSource, type Turn} from '../domain/index.ts'
import type {FinishEvent, GenerationEvent, Generator} from '../generation/index.ts'
import type {Retrieval, Retriever} from '../retrieval/index.ts'
import type {RunLimits} from './answering-limits.ts'
import {type BareReply, bareReplyTo, conversationOf} from './bare-reply.ts'
import type {Continuation} from './continuation.ts'
import {GenerationRelay} from './generation-relay.ts'
import type {Run} from './run.ts'
import {ShownSources, sourcesEventOf} from './shown-sources.ts'
import {SourceSearch} from './source-search.ts'

export interface WriteAnswerOptions {
  readonly run: Run
  readonly question: Question
  readonly history: readonly Turn[]
  /** What the answer begins with; null if it continues no other. */
  readonly continuation: Continuation | null
  readonly retriever: Retriever
  readonly generator: Generator
  /** Whether the search may call a model, to rewrite a follow-up question. */
  readonly mayCallModel: boolean
  readonly limits: RunLimits
}

/**
 * Writes one answer into its run: searches for sources and shows them, then relays the output of the generator.
 * Resolves when the run has ended; rejects if something fails.
 */
export async function writeAnswer(given: WriteAnswerOptions): Promise<void> {
  const {run, continuation, limits} = given
  const reply = continuation === null ? bareReplyTo(given.question.question, given.history) : null
  if (reply !== null) return sendBareReply(reply, run)
  const {question, history} = conversationOf(given.question.question, given.history)
  const options = {...given, question: {...given.question, question}, history}
  const shown = new ShownSources()
  const search = new SourceSearch(options, shown)
  const relay = new GenerationRelay({
    state: run.state,
    emit: (event) => run.emit(event),
    hasSource: (n) => shown.has(n),
    onDroppedCitation: () => run.countDroppedCitations(1),
    maxTextChars: limits.maxTextChars,
  })
  if (continuation !== null) resend(continuation, {run, shown, relay})
  const sources =
    continuation === null ? await findSources(run, search) : await search.searchContinuation(continuation)
  if (run.hasEnded) return
  // There is an answer to continue, but the docs no longer have anything about it.
  if (sources.length === 0) run.finish({ending: 'abstained', reason: 'no_hits', nearest: []})
  else await generate(sources, options, {search, relay})
}

/** Ends an answer to a text that asks nothing: no sources, one line, no model. */
function sendBareReply({kind, text}: BareReply, run: Run): void {
  run.noteStep(`Nothing was searched: the text asks nothing (${kind}).`)
  run.emit(sourcesEventOf(1, run.entry.question, []))
  run.emit({type: 'delta', text})
  run.finish({ending: 'complete', finishReason: 'bare_reply'})
}

/** Sends the content of the earlier answer again, so that this one is self-contained. */
function resend(
  {sources, text, citations}: Continuation,
  {run, shown, relay}: {readonly run: Run; readonly shown: ShownSources; readonly relay: GenerationRelay},
): void {
  for (const event of sources) {
    run.emit({...event, round: run.state.rounds + 1})
    for (const source of event.sources) shown.restore(source)
  }
  relay.sendEarlierText(text)
  for (const citation of citations) run.emit({type: 'citation', ...citation})
}

/** Finds and shows the sources of the question. Returns none, and ends the run as abstained, if the docs do not say. */
async function findSources(run: Run, search: SourceSearch): Promise<readonly RetrievedSource[]> {
  const retrieval = await search.searchQuestion()
  run.note({retrievalTimings: retrieval.timings})
  search.noteBuild(retrieval)
  const abstention = abstentionOf(retrieval)
  if (abstention === null) return search.show(retrieval.query, retrieval.sources)
  run.note({considered: retrieval.sources.map(shownSource)})
  search.show(retrieval.query, [])
  const {unknownWords} = search
  run.finish({
    ending: 'abstained',
    reason: abstention.reason,
    nearest: abstention.nearest,
    ...(unknownWords.length > 0 ? {unknownWords} : {}),
  })
  return []
}

function abstentionOf({abstention, sources}: Retrieval): Retrieval['abstention'] {
  return abstention ?? (sources.length === 0 ? {reason: 'no_hits', nearest: []} : null)
}

async function generate(
  sources: readonly RetrievedSource[],
  {run, question, history, continuation, generator, limits}: WriteAnswerOptions,
  {search, relay}: {readonly search: SourceSearch; readonly relay: GenerationRelay},
): Promise<void> {
  const generation = generator.generate(
    {
      question: question.question,
      history,
      sources,
      visitorPage: search.visitorPage,
      unknownWords: search.unknownWords,
      search: (query) => search.searchAgain(query),
      continueFrom: continuation?.text || null,
      report: (facts) => run.report(facts),
    },
    {signal: run.signal},
  )
  for await (const event of generation) {
    if (run.hasEnded) return
    if (event.type === 'finish') return complete(event, run, relay)
    if (run.eventCount >= limits.maxEvents) {
      throw new DocentError('upstream_invalid', `The generator sent more than ${limits.maxEvents} events`)
    }
    if (isGeneratorResponse(event)) run.generatorResponded()
    relay.send(event)
    if (run.isAheadOfReaders) await run.waitForReaders()
    if (run.hasEnded) return
  }
  throw new DocentError('upstream_cut', 'The generator ended without saying that it had finished')
}

function isGeneratorResponse(event: GenerationEvent): boolean {
  return event.type === 'reasoning' || (event.type === 'delta' && event.text !== '')
}

function complete(finished: FinishEvent, run: Run, relay: GenerationRelay): void {
  const {finishReason, usage, upstreamRequestId, droppedCitations = 0} = finished
  relay.end()
  if (upstreamRequestId !== null) run.note({upstreamRequestId})
  run.countDroppedCitations(droppedCitations)
  // A refusal or a used-up token budget may leave no text; a normal end may not.
  if (run.state.textLength === 0 && (finishReason === 'end' || finishReason === 'extract')) {
    run.fail(
      'upstream_invalid',
      new DocentError('upstream_invalid', 'The generator finished without any text'),
    )
  } else {
    run.finish({ending: 'complete', finishReason, usage})
  }
}
