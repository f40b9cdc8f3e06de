import {createAnswerState} from '../../answers/index.ts'
import type {DoneEvent, ErrorEvent, SequencedEvent, SourcesEvent} from '../../domain/index.ts'
import {oneLineJson} from '../answers/event-stream.ts'
import {
  type AnswerContext,
  closingWordsOf,
  docentFactsOf,
  finishOf,
  foundCitationsOf,
  modelName,
  type OpenAiFinish,
  sourceFieldsOf,
  urlCitationsOf,
} from './answer-facts.ts'
import {annotationsOf, completionIdOf, completionUsageOf} from './chat-completion.ts'
import {openAiErrorOf} from './openai-errors.ts'

/**
 * The events of an answer as chunks of a chat completion. The first has the sources, before any word; the last has what the
 * text cites, and where. After an error comes nothing more: no `finish_reason`, and no `[DONE]`.
 * https://platform.openai.com/docs/api-reference/chat-streaming
 */
export function chatChunks(
  context: AnswerContext,
  {includesUsage}: {readonly includesUsage: boolean},
): (event: SequencedEvent) => string {
  const {answerId, base, createdAt} = context
  const state = createAnswerState(createdAt * 1000)
  let build: string | null = null
  let isOpen = false

  const common = {
    id: completionIdOf(answerId),
    object: 'chat.completion.chunk',
    created: createdAt,
    model: modelName,
    ...(includesUsage ? {usage: null} : {}),
  }

  function chunk(delta: object, finish: OpenAiFinish | null = null, more: object = {}): string {
    return frameOf({...common, choices: [{index: 0, delta, finish_reason: finish}], ...more})
  }

  /** The first chunk, once. */
  function opening(): string {
    if (isOpen) return ''
    isOpen = true
    const annotations = annotationsOf(foundCitationsOf(state.sources, base))
    const delta = {role: 'assistant', content: '', annotations}
    return chunk(delta, null, {
      ...sourceFieldsOf(state, base),
      docent: docentFactsOf(context, build, null),
    })
  }

  function foundMore({sources}: SourcesEvent): string {
    if (!isOpen) return opening()
    const annotations = annotationsOf(foundCitationsOf(sources, base))
    return chunk({annotations}, null, sourceFieldsOf(state, base))
  }

  function finished(event: DoneEvent): string {
    const words = closingWordsOf(context, state)
    return [
      opening(),
      words === '' ? '' : chunk({content: words}),
      chunk({annotations: annotationsOf(urlCitationsOf(state, base))}, finishOf(state), {
        ...sourceFieldsOf(state, base),
        docent: docentFactsOf(context, build, state),
      }),
      includesUsage ? frameOf({...common, choices: [], usage: completionUsageOf(event.usage)}) : '',
      'data: [DONE]\n\n',
    ].join('')
  }

  function failed({type: _, ...failure}: ErrorEvent): string {
    return frameOf({error: openAiErrorOf({...failure, ...docentFactsOf(context, build, state)})})
  }

  return (sequenced) => {
    state.add(sequenced)
    const {event} = sequenced
    switch (event.type) {
      case 'start':
        build = event.build
        return ''
      case 'sources':
        return foundMore(event)
      case 'reasoning':
        return opening() + chunk({reasoning_content: event.text})
      case 'delta':
        return opening() + chunk({content: event.text})
      case 'done':
        return finished(event)
      case 'error':
        return failed(event)
      default:
        // Citations are told at the end; calls of tools are not those of the client.
        return ''
    }
  }
}

const frameOf = (data: object): string => `data: ${oneLineJson(data)}\n\n`
