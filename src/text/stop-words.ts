import {termsOf, tokensOf} from './terms.ts'

const words = `
a about above after again against all also am an and any anybody anyone anything are aren't as at be because been
before being below between both but by can can't cannot could couldn't did didn't do does doesn't doing don't done
down during each either else etc ever every few for from further get gets getting give given go goes going gonna
got had hadn't has hasn't have haven't having he hello help her here hers herself hey hi him himself his how how's
i i'd i'll i'm i've if in into is isn't it it's its itself just kind know let let's like likes make makes many may
maybe me might more most much must my myself need needs needed no nor not now of off ok okay on once one only or
other our ours out over own please possible same say says see shall she should shouldn't since so some somebody
someone something sort still such sure tell than thank thanks that that's the their theirs them themselves then
there there's these they they're thing things think this those though through to too try trying under until up upon
us use used uses using very want wanted wants was wasn't way ways we we're we've well were weren't what what's when
where where's whether which while who who's whom whose why will with within without won't would wouldn't yes yet
you you'd you'll you're you've your yours yourself
`

const stopTerms: ReadonlySet<string> = new Set(
  words
    .split(/\s+/)
    .filter(Boolean)
    .flatMap((word) => termsOf(word)),
)

/** Whether a term, as returned by `termsOf`, says nothing about the subject of an English question. */
export function isStopTerm(term: string): boolean {
  return stopTerms.has(term)
}

/** Number of words of a text that say something about its subject. */
export function countContentWords(text: string): number {
  return tokensOf(text).filter(({terms}) => !terms.every(isStopTerm)).length
}
