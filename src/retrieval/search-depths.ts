/** Passages that a search by vectors returns. */
export const semanticDepth = 64

/** Factor on it where only a part of a build is searched, as a version or a language: most hits may belong to others. */
export const partDepthFactor = 4
