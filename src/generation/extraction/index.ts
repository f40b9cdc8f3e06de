export {type ExtractOptions, extract, unitLikelihoods} from './extract.ts'
export type {ExtractPart} from './reading-order.ts'
export {type UnitFeatureName, unitFeatureNames} from './unit-features.ts'
