import {type Citation, createAnswerState} from '../../answers/index.ts'
import type {ErrorEvent, SequencedEvent} from '../../domain/index.ts'
import {oneLineJson} from '../answers/event-stream.ts'
import {closingWordsOf, urlCitationOf, urlCitationsOf} from './answer-facts.ts'
import {
  annotationOf,
  messageItemOf,
  type OutputItem,
  outputTextOf,
  type ResponseContext,
  type ResponseStatus,
  reasoningItemOf,
  responseOf,
  statusOfEnded,
} from './response-object.ts'

/**
 * The events of an answer as those of the Responses API: one message, before it at most one item of reasoning. Reasoning
 * after the first word is left out, since an item that is done does not go on.
 * https://platform.openai.com/docs/api-reference/responses-streaming
 */
export function responseEvents(context: ResponseContext): (event: SequencedEvent) => string {
  const {answerId, base, createdAt} = context
  const state = createAnswerState(createdAt * 1000)
  const output: OutputItem[] = []
  let build: string | null = null
  let sequence = 0
  let isInProgress = false
  let reasoning: string | null = null
  let isMessageOpen = false
  let annotations = 0

  function frame(type: string, fields: object): string {
    return `event: ${type}\ndata: ${oneLineJson({type, sequence_number: sequence++, ...fields})}\n\n`
  }

  function response(status: ResponseStatus, failure: ErrorEvent | null = null): object {
    return {
      response: responseOf(context, {build, status, answer: state, output, failure: failureOf(failure)}),
    }
  }

  /** Once; when the sources are known, which it has. */
  function inProgress(): string {
    if (isInProgress) return ''
    isInProgress = true
    return frame('response.in_progress', response('in_progress'))
  }

  const ofSummary = () => ({item_id: `rs_${answerId}`, output_index: 0, summary_index: 0})
  const ofText = () => ({item_id: `msg_${answerId}`, output_index: output.length, content_index: 0})

  function reasoned(text: string): string {
    if (isMessageOpen) return ''
    const opening =
      reasoning === null
        ? inProgress() +
          frame('response.output_item.added', {output_index: 0, item: reasoningItemOf(answerId, '')}) +
          frame('response.reasoning_summary_part.added', {...ofSummary(), part: summaryPart('')})
        : ''
    reasoning = (reasoning ?? '') + text
    return opening + frame('response.reasoning_summary_text.delta', {...ofSummary(), delta: text})
  }

  function endOfReasoning(): string {
    if (reasoning === null || output.length > 0) return ''
    const item = reasoningItemOf(answerId, reasoning)
    const frames = [
      frame('response.reasoning_summary_text.done', {...ofSummary(), text: reasoning}),
      frame('response.reasoning_summary_part.done', {...ofSummary(), part: summaryPart(reasoning)}),
      frame('response.output_item.done', {output_index: 0, item}),
    ]
    output.push(item)
    return frames.join('')
  }

  function openMessage(): string {
    if (isMessageOpen) return ''
    isMessageOpen = true
    return [
      inProgress(),
      endOfReasoning(),
      frame('response.output_item.added', {
        output_index: output.length,
        item: messageItemOf(answerId, 'in_progress', []),
      }),
      frame('response.content_part.added', {...ofText(), part: outputTextOf('', [])}),
    ].join('')
  }

  function said(text: string): string {
    return openMessage() + frame('response.output_text.delta', {...ofText(), delta: text, logprobs: []})
  }

  function cited(citation: Citation): string {
    const citedUrl = urlCitationOf(citation, state.sources, base)
    if (citedUrl === null) return ''
    return (
      openMessage() +
      frame('response.output_text.annotation.added', {
        ...ofText(),
        annotation_index: annotations++,
        annotation: annotationOf(citedUrl),
      })
    )
  }

  function finished(): string {
    const words = closingWordsOf(context, state)
    const status = statusOfEnded(state)
    const part = outputTextOf(state.text + words, urlCitationsOf(state, base))
    const item = messageItemOf(answerId, status, [part])
    const frames = [
      words === '' ? openMessage() : said(words),
      frame('response.output_text.done', {...ofText(), text: part.text, logprobs: []}),
      frame('response.content_part.done', {...ofText(), part}),
      frame('response.output_item.done', {output_index: output.length, item}),
    ]
    output.push(item)
    return frames.join('') + frame(`response.${status}`, response(status))
  }

  function failed(event: ErrorEvent): string {
    const before = inProgress()
    if (isMessageOpen) {
      output.push(
        messageItemOf(answerId, 'incomplete', [outputTextOf(state.text, urlCitationsOf(state, base))]),
      )
    }
    return before + frame('response.failed', response('failed', event))
  }

  return (sequenced) => {
    state.add(sequenced)
    const {event} = sequenced
    switch (event.type) {
      case 'start':
        build = event.build
        return frame('response.created', response('in_progress'))
      case 'sources':
        return inProgress()
      case 'reasoning':
        return reasoned(event.text)
      case 'delta':
        return said(event.text)
      case 'citation':
        return cited(event)
      case 'done':
        return finished()
      case 'error':
        return failed(event)
      default:
        return ''
    }
  }
}

const summaryPart = (text: string) => ({type: 'summary_text', text})

function failureOf(event: ErrorEvent | null) {
  if (event === null) return null
  const {code, message, retryable, retryAfterMs} = event
  return {code, message, retryable, ...(retryAfterMs === undefined ? {} : {retryAfterMs})}
}
