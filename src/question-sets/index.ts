export {buildSections, resolveGold} from './build-sections.ts'
export {addressOf, depths, pageScores, ranksOf, type Scores, sectionScores} from './metrics.ts'
export {type EvaluationQuestion, isAnswerable, parseQuestions} from './question-set.ts'
