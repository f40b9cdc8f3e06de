/** What Node must be told, before a program's name, to run one of TypeScript. */
export const runsTypescript: readonly string[] = ['--import', new URL('register.mjs', import.meta.url).href]
