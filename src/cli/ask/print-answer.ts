import {styleText} from 'node:util'
import {
  type AnswerEvent,
  isPartialFinish,
  isTerminal,
  partialWordsOf,
  type Source,
} from '../../domain/index.ts'
import {cleanLine, cleanStream, cleanText, escapedJson, jobCommandFilter} from '../../lib/clean-text.ts'
import {sectionAddress} from '../../lib/section-address.ts'
import {isGitHubActions} from '../../settings/index.ts'
import type {RunningAnswer} from './running-answer.ts'

/** Prints the whole answer as one JSON object. Resolves with its ending. */
export async function printJson({events, json}: RunningAnswer): Promise<string> {
  for await (const event of events) {
    if (!isTerminal(event)) continue
    console.log(escapedJson(JSON.stringify(await json())))
    return event.ending
  }
  return 'error'
}

/**
 * Prints the sources, then the text with the numbers of its citations, then the ending if it is not a normal one. Titles
 * and text come from the docs and the model: control sequences are removed, which could otherwise control the terminal.
 * Resolves with the ending.
 */
export async function print(events: AsyncIterable<AnswerEvent>): Promise<string> {
  const inJob = isGitHubActions() ? jobCommandFilter() : (text: string) => text
  const out = {write: (text: string) => process.stdout.write(inJob(text))}
  let cited: number[] = []
  let hasText = false
  const answer = cleanStream()
  const writeCitationNumbers = () => {
    const marks = [...new Set(cited)].sort((a, b) => a - b)
    cited = []
    if (marks.length > 0) out.write(dim(` ${marks.map((n) => `[${n}]`).join('')}`))
  }
  for await (const event of events) {
    switch (event.type) {
      case 'sources':
        for (const source of event.sources) out.write(`${lineOf(source)}\n`)
        if (event.sources.length > 0) out.write('\n')
        break
      case 'delta':
        // A citation follows the text that it supports, so its number is written before the next text.
        writeCitationNumbers()
        out.write(answer.next(event.text))
        hasText = true
        break
      case 'citation':
        cited.push(event.n)
        break
      case 'tool':
        if (event.status === 'started') out.write(dim(`\n(${cleanLine(event.summary ?? event.name)})\n`))
        break
      case 'error':
        out.write(answer.end())
        writeCitationNumbers()
        out.write(`${hasText ? '\n\n' : ''}`)
        console.error(styleText('red', cleanText(event.message)))
        return event.ending
      case 'done':
        out.write(answer.end())
        writeCitationNumbers()
        if (hasText) out.write('\n')
        if (event.abstained) {
          out.write('The docs do not answer this.\n')
          if (event.nearest?.length) out.write('What comes nearest:\n')
          for (const {title, url, section} of event.nearest ?? []) {
            const name = section === undefined ? title : `${title} › ${section.heading}`
            const address = addressOf(url, section?.anchor)
            out.write(`  ${cleanLine(name)}  ${dim(cleanLine(address))}\n`)
            if (section?.text) out.write(`    ${cleanLine(section.text)}\n`)
          }
        } else if (event.ending === 'stopped') out.write(dim('(stopped: the answer is not complete)\n'))
        else if (isPartialFinish(event.finishReason)) {
          out.write(dim(`(${partialWordsOf(event.finishReason)}: the answer is not complete)\n`))
        }
        return event.ending
    }
  }
  return 'error'
}

function lineOf({n, title, headings, url, anchor}: Source): string {
  const place = addressOf(url, anchor)
  return `${dim(`[${n}]`)} ${cleanLine([title, ...headings].join(' › '))}  ${dim(cleanLine(place))}`
}

function dim(text: string): string {
  return process.stdout.isTTY ? styleText('dim', text) : text
}

function addressOf(url: string, anchor: string | undefined): string {
  return sectionAddress({url, anchor: anchor ?? ''})
}
