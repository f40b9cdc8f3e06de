import {html, nothing, render, type TemplateResult} from 'lit'
import {headOf} from '../../lib/cut.ts'
import {AnswerText} from '../assistant/answer-text.ts'
import {exactTime} from '../console/format.ts'
import {isTyping} from '../console/keys.ts'
import {ending, rating} from '../console/list/row.ts'
import {LongText} from '../console/long-text.ts'
import {Answer} from '../console/transcript/answer.ts'
import {facts} from '../console/transcript/facts.ts'
import {replayByKey} from '../console/transcript/replay-keys.ts'
import {ReplayView} from '../console/transcript/replay-view.ts'
import {timelineOf} from '../console/transcript/timeline.ts'
import {waterfall} from '../console/transcript/waterfall.ts'
import {isolated, visibleJson} from '../console/visible.ts'
import type {Review, Transcript} from '../console/wire.ts'
import {verdictWords} from '../console/words.ts'

/** A longer question is shown whole above its answer, and cut in the heading. */
const maxHeading = 160

/** What the page has inside. */
interface Content {
  readonly transcript: Transcript
  /** Where relative addresses of sources lead to: a URL that ends with a slash. */
  readonly docsBase: string
  readonly isRedacted: boolean
}

customElements.define('docs-assistant-text', AnswerText)
customElements.define('docent-long', LongText)
customElements.define('docent-answer', Answer)
customElements.define('docent-replay', ReplayView)

const content = JSON.parse(document.getElementById('content')!.textContent!) as Content
render(page(content), document.getElementById('root')!)
addEventListener('keydown', (event) => {
  const replay = document.querySelector<ReplayView>('docent-replay')?.replay
  if (replay && !isTyping(event)) replayByKey(event, replay)
})

function page({transcript, docsBase, isRedacted}: Content): TemplateResult {
  const {question, startedAt, feedback, review, events} = transcript
  return html`<main class="view transcript">
    <h1 dir="auto">${question === '' ? 'An answer' : isolated(question.length > maxHeading ? `${headOf(question, maxHeading)}…` : question)}</h1>
    <p class="under">${ending(transcript)}${feedback === null ? nothing : rating(feedback)}<span>${exactTime(startedAt)}</span></p>
    <div class="columns">
      <section class="conversation" aria-label="The answer as the visitor saw it"><div class="turn selected">
        <docent-replay .transcript=${transcript} .docsBase=${docsBase} .imageHosts=${[]}></docent-replay></div></section>
      <div class="side">
        ${review === null ? nothing : reviewed(review)}
        <section aria-labelledby="timings"><h2 id="timings">Timings</h2>${waterfall(transcript, timelineOf(transcript))}</section>
        <section aria-labelledby="facts"><h2 id="facts">Details</h2>${facts(transcript, false)}</section>
      </div>
    </div>
    <details class="raw"><summary>Raw events <span class="n">${events.length}</span></summary><pre class="json">${events.map((event) => `${visibleJson(JSON.stringify(event))}\n`)}</pre></details>
    <p class="quiet">${isRedacted ? 'E-mail addresses, keys, passwords, card and phone numbers were replaced by markers such as [email]. ' : ''}Exported from Docent; this page loads nothing and sends nothing.</p>
  </main>`
}

function reviewed({verdict, note, correctedAnswer, by, at}: Review): TemplateResult {
  return html`<section aria-labelledby="review"><h2 id="review">Review</h2>
    <p><strong>${verdictWords[verdict]}</strong> <span class="quiet">${by === null ? nothing : html`by ${isolated(by)}, `}${exactTime(at)}</span></p>
    ${note === null ? nothing : html`<p class="note" dir="auto"><docent-long .text=${note}></docent-long></p>`}
    ${correctedAnswer === null ? nothing : html`<h3>Corrected answer</h3><p class="note" dir="auto"><docent-long .text=${correctedAnswer}></docent-long></p>`}</section>`
}
