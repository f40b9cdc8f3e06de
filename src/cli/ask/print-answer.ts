import {styleText} from 'node:util'
import {
  type AnswerEvent,
  isPartialFinish,
  isTerminal,
  partialWordsOf,
  type Source,
} from '../../domain/index.ts'
import {cleanLine, cleanStream, cleanText, escapedJson, jobCommandFilter} from '../../lib/clean-text.ts'
import {isGitHubActions} from '../../settings/index.ts'
import type {Asking} from './asking.ts'

/** The whole answer as one JSON object. Returns how it ended. */
export async function printJson({events, whole}: Asking): Promise<string> {
  for await (const event of events) {
    if (!isTerminal(event)) continue
    console.log(escapedJson(JSON.stringify(await whole())))
    return event.ending
  }
  return 'error'
}

/**
 * Sources, then text with the numbers of what it rests on, then how it ended if that needs saying. Titles and text are
 * the docs' and the model's: they are cleaned, or they could drive the terminal. Returns how it ended.
 */
export async function print(events: AsyncIterable<AnswerEvent>): Promise<string> {
  const inJob = isGitHubActions() ? jobCommandFilter() : (text: string) => text
  const out = {write: (text: string) => process.stdout.write(inJob(text))}
  let cited: number[] = []
  let hasText = false
  const answer = cleanStream()
  const putMarks = () => {
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
        // A citation follows what it supports: its number goes before the next words.
        putMarks()
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
        putMarks()
        out.write(`${hasText ? '\n\n' : ''}`)
        console.error(styleText('red', cleanText(event.message)))
        return event.ending
      case 'done':
        out.write(answer.end())
        putMarks()
        if (hasText) out.write('\n')
        if (event.abstained) {
          out.write('The docs do not answer this.\n')
          if (event.nearest?.length) out.write('What comes nearest:\n')
          for (const {title, url} of event.nearest ?? [])
            out.write(`  ${cleanLine(title)}  ${dim(cleanLine(url))}\n`)
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
  const place = anchor ? `${url}#${anchor}` : url
  return `${dim(`[${n}]`)} ${cleanLine([title, ...headings].join(' › '))}  ${dim(cleanLine(place))}`
}

function dim(text: string): string {
  return process.stdout.isTTY ? styleText('dim', text) : text
}
