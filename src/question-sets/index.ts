export {
  areShownAs,
  type BuildSections,
  buildSections,
  isShownAs,
  openedBy,
  resolveGold,
} from './build-sections.ts'
export {addressOf, depths, pageScores, placeIn, ranksOf, type Scores, sectionScores} from './metrics.ts'
export {
  type EvaluationQuestion,
  type GoldSection,
  isAnswerable,
  linesOfQuestions,
  parseQuestion,
  parseQuestions,
  readQuestions,
} from './question-set.ts'
export {maxStaffQuestionBytes, staffQuestionFile} from './staff-question-file.ts'
