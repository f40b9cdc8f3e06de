export {type Better, type Comparison, compareRuns, type Pairing, pairingOf} from './compare.ts'
export {type Evaluation, evaluate, type QuestionResult} from './evaluate.ts'
export {type Interval, intervalOf, intervalOfSets, type Weighed} from './intervals.ts'
