/** What visitors see of the assistant, as the settings have it; `Settings` is assignable to it. Default: nothing is set. */
export interface AssistantOptions {
  readonly assistantName?: string | null
  /** A URL, or a path on this server. */
  readonly assistantLogo?: string | null
  /** Two colours as `#rrggbb #rrggbb`, for light and dark. */
  readonly assistantAccent?: string | null
  /** In CSS pixels. */
  readonly assistantRadius?: number | null
  readonly assistantGreeting?: string | null
  readonly assistantFooter?: string | null
  readonly assistantSuggestions?: readonly string[]
  readonly handOverUrl?: string | null
}

/** What is set of the assistant, as `GET /api/info` has it. */
export interface AssistantLook {
  readonly name?: string
  readonly logo?: string
  readonly accent?: string
  readonly radius?: number
  readonly greeting?: string
  readonly footer?: string
  readonly suggestions?: readonly string[]
}

/** What is set. `found` are questions to suggest where the settings have none. */
export function assistantLookOf(options: AssistantOptions, found: readonly string[]): AssistantLook {
  const {assistantSuggestions: given = []} = options
  const suggestions = given.length > 0 ? given : found
  const look = {
    name: options.assistantName,
    logo: options.assistantLogo,
    accent: options.assistantAccent,
    radius: options.assistantRadius,
    greeting: options.assistantGreeting,
    footer: options.assistantFooter,
    suggestions: suggestions.length > 0 ? suggestions : null,
  }
  return Object.fromEntries(Object.entries(look).filter(([, value]) => value != null))
}

/** The origin of the logo, for the content security policy; none where this server has it. */
export function logoOrigins({assistantLogo: logo}: AssistantOptions): readonly string[] {
  return logo == null || logo.startsWith('/') ? [] : [new URL(logo).origin]
}
