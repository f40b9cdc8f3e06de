export {type ChosenGenerator, createGenerator} from './create-generator.ts'
export {extractiveGenerator} from './extractive-generator.ts'
export type {FinishEvent, GenerationEvent, GenerationReport, Generator} from './generator.ts'
export {anthropicQuestionRewriter} from './question-rewriter.ts'
