/** The explicit id at the end of a heading, in any notation, and the text without it; null if there is none. */
export function headingIdOf(text: string): {readonly text: string; readonly id: string} | null {
  const match =
    /^(.*?)[ \t]*\\?\{[ \t]*:?[ \t]*#([^\s{}]+)(?:[ \t][^{}]*)?\}[ \t]*#*[ \t]*$/.exec(text) ??
    /^(.*?)[ \t]*\{\/\*[ \t]*#?([^\s*{}]+)[ \t]*\*\/\}[ \t]*$/.exec(text) ??
    /^(.*?)[ \t]+\[#([\w.:-]+)\][ \t]*$/.exec(text) ??
    /^(.*?)[ \t]+:id=([\w%-]+)[ \t]*$/.exec(text) ??
    /^(.*?)[ \t]*<!--[ \t]*#([\w.:-]+)[ \t]*-->[ \t]*$/.exec(text) ??
    /^(.*?)[ \t]*\{:?[ \t]*[^{}#]*[ \t]#([^\s{}]+)(?:[ \t][^{}]*)?\}[ \t]*$/.exec(text) ??
    /^(.*?)[ \t]*\{:?(?:[^{}]*[ \t])?id[ \t]*=[ \t]*["']?([\w.:-]+)["']?(?:[ \t][^{}]*)?\}[ \t]*$/.exec(text)
  return match ? {text: match[1]!, id: match[2]!} : null
}
