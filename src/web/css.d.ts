/** A style sheet, as the build hands it over: minified text. */
declare module '*.css' {
  const text: string
  export default text
}
