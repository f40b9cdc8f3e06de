import {emptiedWords, partialWordsOf, type Source, sourcePath} from '../../domain/index.ts'
import {codePointName, invisible, withoutTurns} from '../../lib/invisible.ts'
import {sectionAddress} from '../../lib/section-address.ts'
import {type Html, html, pageOf} from '../html.ts'
import {answerHtml, sourceId} from './answer-html.ts'
import type {HandedAnswer, HandedConversation} from './handed-over.ts'

/** What a page of a hand-over link shows. */
export interface HandoverView {
  readonly conversation: HandedConversation
  /** What the assistant is called. */
  readonly name: string
  /** Milliseconds since the epoch, as `endsAt`. */
  readonly madeAt: number
  readonly endsAt: number
}

/** How text of answers is shown: rendered, or as the Markdown that it is, where rendering takes too much. */
export type TextForm = 'rendered' | 'plain'

const head = html`<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="no-referrer">`

/** One conversation, to be read. */
export function handoverPage({conversation, name, madeAt, endsAt}: HandoverView, form: TextForm): string {
  const {answers, hasEarlier, hasLater} = conversation
  return pageOf({
    title: `A conversation with ${name}`,
    style: 'handover.css',
    head,
    body: html`<main>
<header>
<h1>A conversation with <bdi>${name}</bdi></h1>
<p>Handed over to be read, as it was on ${time(madeAt)}. What was asked later is not shown. E-mail addresses, keys,
passwords, card and phone numbers were replaced by markers such as [email].</p>
<p class="quiet">This page is for whoever was given its address. It can be opened until ${time(endsAt)}.</p>
</header>
${hasEarlier ? html`<p class="gap">Earlier questions are left out.</p>` : null}
${answers.map((answer, index) => answerPart(answer, index + 1, form))}
${hasLater ? html`<p class="gap">Later questions are left out.</p>` : null}
</main>`,
  })
}

/** A page that says why nothing is shown. */
export function noHandoverPage(title: string, text: string): string {
  return pageOf({
    title,
    style: 'handover.css',
    head,
    body: html`<main class="none"><h1>${title}</h1><p>${text}</p></main>`,
  })
}

function answerPart(answer: HandedAnswer, number: number, form: TextForm): Html {
  const {question, askedAt} = answer
  return html`<article>
<h2 dir="auto" class="question">${question === '' ? 'A question whose words are not kept' : visible(question)}</h2>
<p class="quiet">${time(askedAt)}</p>
${textPart(answer, number, form)}
${endingPart(answer)}
${sourcesPart(answer, number)}
</article>
`
}

function textPart(answer: HandedAnswer, number: number, form: TextForm): Html | null {
  const {text, emptiedAt} = answer
  if (emptiedAt !== null) return html`<p class="ending">${emptiedWords(emptiedAt)}</p>`
  if (text === '') return null
  return form === 'rendered'
    ? html`<div class="text" dir="auto">${answerHtml(answer, number)}</div>`
    : html`<pre dir="auto" tabindex="0">${withoutTurns(text)}</pre>`
}

function endingPart(answer: HandedAnswer): Html | null {
  const words = endingWords(answer)
  if (words === null) return null
  const {nearest} = answer
  const pages =
    nearest.length === 0
      ? null
      : html`<ul>${nearest.map(({title, url, section}) => html`<li dir="auto">${linkTo(section === undefined ? url : sectionAddress({url, anchor: section.anchor}), section === undefined ? title : `${title} › ${section.heading}`)}</li>`)}</ul>`
  return html`<div class="ending"><p>${words}</p>${pages}</div>`
}

/** Null for one that ended as it should. */
function endingWords({ending, finishReason, failure, nearest}: HandedAnswer): string | null {
  switch (ending) {
    case 'complete': {
      const partial = partialWordsOf(finishReason)
      return partial === null ? null : `The answer is not complete: ${partial}.`
    }
    case 'abstained':
      return `The assistant said that the docs do not have the answer.${nearest.length === 0 ? '' : ' The nearest pages:'}`
    case 'stopped':
      return 'The visitor stopped the answer here.'
    case 'disconnected':
      return 'The visitor left before the answer was complete.'
    case 'timeout':
      return failure ?? 'The answer took too long and was ended.'
    case 'interrupted':
      return failure ?? 'The server stopped while this answer was written.'
    default:
      return failure ?? 'The answer failed.'
  }
}

function sourcesPart({sources}: HandedAnswer, number: number): Html | null {
  if (sources.length === 0) return null
  return html`<section class="sources" aria-label="Sources of answer ${number}"><h3>Sources</h3>
<ol>${sources.map((source) => sourceItem(source, sourceId(number, source.n)))}</ol></section>`
}

function sourceItem(source: Source, id: string): Html {
  const {n, snippet, verified} = source
  return html`<li id="${id}" value="${n}"><p dir="auto">${linkTo(sectionAddress(source), sourcePath(source))}${verified === true ? html` <span class="chip">Verified answer</span>` : null}</p>
${snippet === '' ? null : html`<p class="quiet snippet" dir="auto">${visible(snippet)}</p>`}</li>`
}

/** A link to the docs; the words alone where its address was redacted or is none. */
function linkTo(address: string, words: string): Html {
  const isAddress = /^\/(?!\/)/.test(address) || (/^https?:/i.test(address) && URL.canParse(address))
  return isAddress
    ? html`<a href="${address}" rel="noopener noreferrer nofollow">${visible(words)}</a>`
    : html`<span>${visible(words)}</span>`
}

/** Text of visitors and pages, with its invisible characters as code points. */
function visible(text: string): readonly (string | Html)[] {
  // `split` puts the captured characters at odd indexes.
  return text
    .split(invisible)
    .map((piece, index) =>
      index % 2 === 0 ? piece : html`<span class="control">${codePointName(piece)}</span>`,
    )
}

function time(ms: number): Html {
  const iso = new Date(ms).toISOString()
  const day = new Date(ms).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  })
  return html`<time datetime="${iso}">${day}, ${iso.slice(11, 16)} UTC</time>`
}
