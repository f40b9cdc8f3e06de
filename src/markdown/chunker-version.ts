/** The version of everything that shapes pages and passages. Passages of another version are made again. */
export const chunkerVersion = '7'
