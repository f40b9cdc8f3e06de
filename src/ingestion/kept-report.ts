import type {Diagnostic} from '../domain/index.ts'
import type {IngestReport} from './ingest-report.ts'

/** What is kept with a build of each list; the numbers in `pages`, `byRule` and the like count all. */
const maxKept = 500

const severities: readonly Diagnostic['severity'][] = ['error', 'warning', 'info']

/** A report to be kept with its build: the first of each list, problems before remarks. */
export function keptReport(report: IngestReport): IngestReport {
  const {changes, diagnostics, fidelity, otherFormats, setAsideBecause} = report
  return {
    ...report,
    changes: changes.slice(0, maxKept),
    diagnostics: severities
      .flatMap((severity) => diagnostics.filter((diagnostic) => diagnostic.severity === severity))
      .slice(0, maxKept),
    setAsideBecause: firstOf(setAsideBecause),
    otherFormats: firstOf(otherFormats),
    fidelity: {
      ...fidelity,
      losing: fidelity.losing.slice(0, maxKept),
      constructs: Object.fromEntries(
        Object.entries(fidelity.constructs)
          .sort(
            ([, one], [, other]) =>
              other.notUnderstood - one.notUnderstood || other.lostWords - one.lostWords,
          )
          .slice(0, maxKept),
      ),
    },
  }
}

function firstOf<T>(named: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(named).slice(0, maxKept))
}
