import {html, nothing, type TemplateResult} from 'lit'
import {shortened} from '../../lib/cut.ts'
import {sectionAddress} from '../../lib/section-address.ts'
import {wellFormed} from '../../lib/well-formed.ts'
import type {Say} from '../locales/strings.ts'
import {safeHref} from '../render/links.ts'
import {type AnswerState, shownOf, usedSources} from '../session/answer-state.ts'
import {answerMarkdown, nameOf} from '../session/markdown-copy.ts'
import {icon} from './icons.ts'

/** What the event `hand-over` carries, for a form of the site. It holds no id that opens an answer. */
export interface HandOver {
  /** Where the reader goes unless the event is prevented; null for nowhere. */
  readonly url: string | null
  /** Names the answer that the reader was at; staff find it by this. Null where the server has none. */
  readonly ref: string | null
  /** The conversation, in the order it was asked. */
  readonly turns: readonly HandedTurn[]
}

export interface HandedTurn {
  readonly ref: string | null
  readonly askedAt: string
  readonly question: string
  /** Passage of the page that it was about; empty for none. */
  readonly about: string
  /** Markdown, with a link at each citation. */
  readonly answer: string
  readonly ending: AnswerState['phase']
  readonly sources: readonly {readonly n: number; readonly title: string; readonly url: string}[]
}

export interface HandOverOptions {
  readonly answers: readonly AnswerState[]
  /** The answer that the reader is at; null for the last. */
  readonly at: AnswerState | null
  /** Address with `{question}`, `{url}` and `{ref}`; null for none. */
  readonly template: string | null
  /** Of the page; empty where it is not to be told. */
  readonly pageUrl: string
  /** Absolute URL of the docs. */
  readonly base: string
}

export function handOverOf({answers, at, template, pageUrl, base}: HandOverOptions): HandOver {
  const {question = '', ref = null} = at ?? answers.at(-1) ?? {}
  return {
    url: template === null ? null : filledAddress(template, {question, url: pageUrl, ref: ref ?? ''}),
    ref,
    turns: answers.map((answer) => turnOf(answer, base)),
  }
}

/** More is cut by some mail programs and servers. */
const maxUrlChars = 2_000

/**
 * The address with its placeholders filled in, encoded; null where it is no http, https or mailto address. A question
 * that would make it longer than 2,000 characters is cut, with an ellipsis.
 */
export function filledAddress(
  template: string,
  values: {readonly question: string; readonly url: string; readonly ref: string},
): string | null {
  const fill = (question: string): string =>
    template.replace(/\{(question|url|ref)\}/g, (_, name: keyof typeof values) =>
      encodeURIComponent(wellFormed(name === 'question' ? question : values[name])),
    )
  let {question} = values
  while (question.length > 1 && fill(question).length > maxUrlChars) {
    question = shortened(values.question, Math.floor(question.length * 0.9))
  }
  return safeHref(fill(question), location.href)
}

function turnOf(state: AnswerState, base: string): HandedTurn {
  const answer = shownOf(state)
  const used = usedSources(answer)
  const sources = answer.sources.filter(({n}) => used.size === 0 || used.has(n))
  return {
    ref: answer.ref ?? null,
    askedAt: new Date(answer.askedAt).toISOString(),
    question: answer.question,
    about: answer.about,
    answer: answerMarkdown(answer, base),
    ending: answer.phase,
    sources: sources.map((source) => ({
      n: source.n,
      title: nameOf(source),
      url: new URL(sectionAddress(source), base).href,
    })),
  }
}

/** Opens the address beside the page. A mail address opens the mail program. */
export function openBeside(url: string): void {
  const link = document.createElement('a')
  link.href = url
  if (link.protocol !== 'mailto:') link.target = '_blank'
  link.rel = 'noopener noreferrer'
  // Not in the page: neither its router nor its analytics see what the address may hold.
  link.click()
}

/** The button; nothing where the site offers nobody to ask. */
export function handOverButton(say: Say, handOver: (() => void) | null): TemplateResult | typeof nothing {
  return handOver === null
    ? nothing
    : html`<button class="action" type="button" @click=${handOver}>${icon('person')}${say('handOver')}</button>`
}
