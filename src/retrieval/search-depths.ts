/** Passages that a search by vectors returns. */
export const semanticDepth = 64

/** Factor on the search depths when only one version is searched: most hits may belong to others. */
export const versionDepthFactor = 4
