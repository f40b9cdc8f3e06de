export {
  areShownAs,
  type BuildSections,
  buildSections,
  isShownAs,
  openedBy,
  resolveGold,
} from './build-sections.ts'
export {addressOf, depths, pageScores, ranksOf, type Scores, sectionScores} from './metrics.ts'
export {type EvaluationQuestion, isAnswerable, parseQuestions, readQuestions} from './question-set.ts'
