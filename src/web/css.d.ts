/** A style sheet, which the build provides as minified text. */
declare module '*.css' {
  const text: string
  export default text
}
