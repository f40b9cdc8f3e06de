import type {AnswerState} from '../session/answer-state.ts'
import type {AnswerText, CitedSource} from './answer-text.ts'

/** Links to sections that an answer rests on: its citations, and its sources as chips and cards. */
const selector = 'a.cite, a.chip, .card a'

/** The link to a section around an element; null for others. */
export function citedLinkAt(target: Element): HTMLAnchorElement | null {
  return target.closest<HTMLAnchorElement>(selector)
}

/** What a link to a section stands for; null once it is gone. */
export function citedBy(link: HTMLElement, answers: readonly AnswerState[]): CitedSource | null {
  const text = link.closest<AnswerText>('docs-assistant-text')
  if (text !== null) return text.citationAt(link)
  const key = link.closest<HTMLElement>('.turn')?.dataset['key']
  const answer = answers.find((candidate) => candidate.key === key)
  const source = answer?.sources.find(({n}) => String(n) === link.dataset['n'])
  if (answer === undefined || source === undefined) return null
  return {source, citations: answer.citations.filter(({n}) => n === source.n)}
}

/** The link and those like it in its answer, in order: citations, or sources. */
export function linksAlong(link: HTMLElement): readonly HTMLElement[] {
  const isCitation = link.matches('.cite')
  const around = link.closest(isCitation ? 'docs-assistant-text' : 'ol')
  return [...(around?.querySelectorAll<HTMLElement>(isCitation ? 'a.cite' : 'li > a') ?? [])]
}
