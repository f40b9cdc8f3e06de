import {html, LitElement, type PropertyValues, type TemplateResult} from 'lit'
import uPlot from 'uplot'
import {type Colours, coloursOf, fillOf} from './plot-colours.ts'

/** How the marks of a series differ from those of others, besides their colour. */
export type Pattern = 'solid' | 'hatch' | 'dots' | 'cross' | 'bars'

export interface Series {
  readonly label: string
  /** At each x; null for a gap. */
  readonly values: readonly (number | null)[]
  /** A custom property, such as `--plot-1`, which is a class of the legend as well. */
  readonly colour: string
  /** `line` and `dashed` join their values. */
  readonly mark: Pattern | 'line' | 'dashed'
}

export interface PlotData {
  /** One sentence that says what is seen, for who does not see it. */
  readonly sentence: string
  /** Ascending, evenly spaced. */
  readonly x: readonly number[]
  /** What is seen of them; beyond the first and the last where marks are wide. */
  readonly range: readonly [number, number]
  /** Where the axis may have words, and which; by default at each x. */
  readonly ticks?: readonly number[]
  readonly tick: (x: number) => string
  /** Words for the place that is pointed at. */
  readonly place: (x: number) => string
  /** Bars are stacked, the first at the bottom. */
  readonly series: readonly Series[]
  /** A value with its unit. */
  readonly value: (value: number) => string
  /** The same on the axis, where every value is exact. */
  readonly axisValue: (value: number) => string
  readonly maximum?: number
}

const isLine = ({mark}: Series): boolean => mark === 'line' || mark === 'dashed'

/** A plot on a canvas, with its legend. The same numbers are in a table beside it, so the keyboard needs no cursor. */
export class Plot extends LitElement {
  static override properties = {data: {attribute: false}}
  declare data: PlotData
  #plot: uPlot | null = null
  #index: number | null = null
  readonly #resizes = new ResizeObserver(() => this.#resize())
  readonly #themes = new MutationObserver(() => this.#draw())
  readonly #media = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((query) =>
    matchMedia(query),
  )

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#themes.observe(document.documentElement, {attributeFilter: ['data-theme']})
    for (const media of this.#media) media.addEventListener('change', this.#draw)
    if (this.hasUpdated) void this.updateComplete.then(() => this.#begin())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#themes.disconnect()
    this.#resizes.disconnect()
    for (const media of this.#media) media.removeEventListener('change', this.#draw)
    this.#plot?.destroy()
    this.#plot = null
  }

  protected override firstUpdated(): void {
    this.#begin()
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('data')) this.#draw()
  }

  protected override render(): TemplateResult {
    const {series, sentence, x, place, value} = this.data
    const at = this.#index
    return html`<ul class="legend" aria-hidden="true">${series.map(
      ({label, colour, mark, values}) =>
        html`<li><span class="swatch mark-${mark} ${colour.slice(2)}"></span>${label}${at === null ? '' : html` <b>${values[at] == null ? '–' : value(values[at])}</b>`}</li>`,
    )}<li class="place">${at === null ? '' : place(x[at]!)}</li></ul>
    <div class="canvas" role="img" aria-label=${sentence}></div>`
  }

  #begin(): void {
    this.#resizes.observe(this.querySelector('.canvas')!)
    this.#draw()
  }

  #resize(): void {
    const width = this.querySelector('.canvas')!.clientWidth
    if (this.#plot === null) this.#draw()
    else if (width > 0 && width !== this.#plot.width) this.#plot.setSize({width, height: this.#plot.height})
  }

  readonly #draw = (): void => {
    const place = this.querySelector<HTMLElement>('.canvas')
    if (place === null || place.clientWidth === 0) return
    this.#plot?.destroy()
    const colours = coloursOf(this, [
      '--ink',
      '--muted',
      '--line',
      ...this.data.series.map(({colour}) => colour),
    ])
    this.#plot = new uPlot(this.#options(place, colours), this.#values(), place)
  }

  /** Bars as sums from below, the highest first, so that the lower ones are drawn over it. */
  #values(): uPlot.AlignedData {
    const {x, series} = this.data
    const sums = x.map(() => 0)
    const drawn = series.map((one) =>
      isLine(one)
        ? one.values
        : one.values.map((value, index) => {
            // Nothing is drawn, no line either.
            if (value === null || value === 0) return undefined
            sums[index]! += value
            return sums[index]
          }),
    )
    return [x, ...drawn.reverse()] as uPlot.AlignedData
  }

  #options({clientWidth, clientHeight}: HTMLElement, colours: Colours): uPlot.Options {
    const {series, range, maximum, axisValue} = this.data
    const style = getComputedStyle(this)
    const font = `11.5px ${style.fontFamily}`
    const grid = {stroke: colours.of('--line'), width: 1}
    return {
      width: clientWidth,
      height: clientHeight,
      padding: [8, 6, 0, 0],
      legend: {show: false},
      cursor: {y: false, drag: {x: false, y: false}, points: {show: false}},
      scales: {
        x: {time: false, range: () => [...range]},
        y: {range: (_, __, max) => [0, maximum ?? niceAbove(max)]},
      },
      series: [{}, ...series.map((one) => this.#seriesOf(one, colours)).reverse()],
      axes: [
        {
          stroke: colours.of('--muted'),
          font,
          size: 28,
          gap: 4,
          grid: {show: false},
          ticks: {...grid, size: 4},
          splits: (plot) => this.#ticksFor(plot.width),
          values: (_, splits) => splits.map((x) => this.data.tick(x)),
        },
        {
          stroke: colours.of('--muted'),
          font,
          size: (plot, values) => {
            plot.ctx.font = font
            const widest = Math.max(0, ...(values ?? []).map((words) => plot.ctx.measureText(words).width))
            return Math.ceil(widest / (devicePixelRatio || 1)) + 14
          },
          gap: 6,
          grid,
          ticks: {show: false},
          splits: (_, __, ___, max) => splitsTo(max),
          values: (_, splits) => splits.map(axisValue),
        },
      ],
      hooks: {
        setCursor: [
          ({cursor: {idx, left}}) => {
            const index = left === undefined || left < 0 ? null : (idx ?? null)
            if (index === this.#index) return
            this.#index = index
            this.requestUpdate()
          },
        ],
      },
    }
  }

  #seriesOf(one: Series, colours: Colours): uPlot.Series {
    const stroke = colours.of(one.colour)
    if (isLine(one)) {
      const points = {
        show:
          one.mark === 'line' ||
          one.values.every((value, i, all) => value === null || (all[i - 1] ?? all[i + 1]) == null),
        size: 5,
        fill: stroke,
      }
      return {stroke, width: 2, ...(one.mark === 'dashed' ? {dash: [5, 4]} : {}), points, spanGaps: false}
    }
    const fill = fillOf(one.mark as Pattern, stroke, colours.of('--back'))
    return {
      stroke,
      width: 1,
      fill: () => fill,
      points: {show: false},
      paths: uPlot.paths.bars!({size: [one.mark === 'bars' ? 0.96 : 0.72, 44]}),
    }
  }

  /** As many as there is space for. */
  #ticksFor(width: number): number[] {
    const {x, ticks = x, tick} = this.data
    const longest = Math.max(...ticks.map((at) => tick(at).length))
    const most = Math.max(2, Math.floor((width - 60) / (longest * 6.5 + 16)))
    const every = Math.ceil(ticks.length / most)
    return ticks.filter((_, index) => index % every === 0)
  }
}

const steps = [1, 2, 2.5, 5, 10]

/** The distance of four or five lines up to a value. */
function stepTo(max: number): number {
  const rough = max / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  return steps.find((step) => step * power >= rough)! * power
}

function niceAbove(max: number | null): number {
  const top = max === null || max <= 0 ? 1 : max
  const step = stepTo(top)
  return Math.ceil(top / step) * step
}

function splitsTo(max: number): number[] {
  const step = stepTo(max)
  return Array.from({length: Math.floor(max / step + 1e-9) + 1}, (_, index) => index * step)
}
