/** The version of everything that shapes pages and passages; passages made by another one are made anew. */
export const cutterVersion = '6'
