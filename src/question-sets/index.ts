export {
  areShownAs,
  type BuildSections,
  buildSections,
  isShownAs,
  openedBy,
  resolveGold,
  routeShownAt,
} from './build-sections.ts'
export {addressOf, depths, pageScores, placeIn, ranksOf, type Scores, sectionScores} from './metrics.ts'
export {
  type EvaluationQuestion,
  type GoldSection,
  isAnswerable,
  type LineProblem,
  lineProblemOf,
  linesOfQuestions,
  parseQuestion,
  parseQuestions,
  parseReadableQuestions,
  questionFileText,
  readQuestions,
  refuseRepeatedId,
} from './question-set.ts'
export {maxLineProblems, maxStaffQuestionBytes, staffQuestionFile} from './staff-question-file.ts'
export {storedStaffQuestions} from './stored-staff-questions.ts'
