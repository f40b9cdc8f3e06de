import {html, type TemplateResult} from 'lit'
import {count} from '../format.ts'
import {isolated} from '../visible.ts'
import {wordsOfChannel} from '../words.ts'
import {many, money, p50Of, p95Of, percentile, share} from './numbers.ts'
import {type Chosen, pathOfFigures} from './period.ts'
import {linked, type Table, table} from './table.ts'
import {type Analytics, type Figures, tokensOf} from './wire.ts'

/** Transcripts of the whole period that match a filter; null for who may not read them. */
export type List = (filter: Readonly<Record<string, string>>) => string | null

function section(title: string, about: string, numbers: Table, isWide = false): TemplateResult {
  return html`<section class="card ${isWide ? 'wide' : ''}"><h2>${title}</h2><p class="quiet">${about}</p>${
    numbers.rows.length === 0 ? html`<p class="few">None in this period.</p>` : table(numbers)
  }</section>`
}

export function pagesTable({pages}: Analytics, listOf: List): TemplateResult {
  return section(
    'Pages',
    'Those that answers cite most, of whole days and all builds.',
    {
      caption: 'Pages',
      columns: ['Page', 'Shown', 'Cited', 'Cited and disliked'],
      rows: pages.map(({url, shown, cited, disliked}) => [
        html`<a href=${url}>${isolated(url)}</a>`,
        count(shown),
        linked(count(cited), listOf({page: url}), cited === 0),
        linked(count(disliked), listOf({page: url, rating: 'down'}), disliked === 0),
      ]),
    },
    true,
  )
}

export function questionsTable({questions}: Analytics, listOf: List): TemplateResult {
  return section(
    'Asked most',
    'Those asked most, more than once: equal but for case and punctuation. Of whole days, all builds, and the answers that are kept. A number leads to a search for its words, which may find more.',
    {
      caption: 'Asked most',
      columns: ['Question', 'Asked', 'Not in the docs'],
      rows: questions.map(({question, asked, unanswered}) => [
        isolated(question),
        linked(count(asked), listOf({q: question})),
        linked(share(unanswered, asked), listOf({q: question, abstained: '1'}), unanswered === 0),
      ]),
    },
    true,
  )
}

export function openedTable({openedPages}: Analytics): TemplateResult {
  return section(
    'Pages opened',
    'By visitors, from the sources of an answer. Of whole days and all builds.',
    {
      caption: 'Pages opened',
      columns: ['Page', 'Answers', 'Of those that showed it'],
      rows: openedPages.map(({url, opened, shown}) => [
        html`<a href=${url}>${isolated(url)}</a>`,
        count(opened),
        share(opened, shown),
      ]),
    },
  )
}

export function placesTable({total}: Analytics): TemplateResult {
  return section('Sources opened', 'By the place of the source in its answer.', {
    caption: 'Sources opened, by place',
    columns: ['Place', 'Shown', 'Opened', 'Share'],
    rows: total.sources.places.map(({n, shown, opened}) => [
      String(n),
      count(shown),
      count(opened),
      share(opened, shown),
    ]),
  })
}

export function errorsTable({total}: Analytics, listOf: List): TemplateResult {
  const errors = Object.entries(total.errors).sort(([, a], [, b]) => b - a)
  return section('Errors', 'By code, of all answers that ended with one.', {
    caption: 'Errors by code',
    columns: ['Code', 'Answers', 'Share of answers'],
    rows: errors.map(([code, answers]) => [
      html`<code>${code}</code>`,
      linked(count(answers), listOf({error: code})),
      share(answers, total.answers),
    ]),
  })
}

export function buildsTable({builds}: Analytics, chosen: Chosen, listOf: List): TemplateResult {
  return section(
    'Builds',
    'Side by side, in this period. Choose one to see it alone.',
    {
      caption: 'Builds',
      columns: [
        'Build',
        'Questions',
        'Not in the docs',
        'Errors',
        'Thumbs up',
        'First word, median',
        '95 % within',
      ],
      rows: builds.map(({build, ...figures}) => [
        build === chosen.build
          ? html`<b>${build}</b>`
          : html`<a href=${pathOfFigures(chosen, {build})}>${build}</a>`,
        linked(count(figures.answers), listOf({build})),
        linked(
          share(figures.abstained, figures.answers),
          listOf({build, abstained: '1'}),
          figures.abstained === 0,
        ),
        linked(
          share(figures.endings['error'] ?? 0, figures.answers),
          listOf({build, ending: 'error'}),
          figures.endings['error'] === undefined,
        ),
        ratedUp(figures),
        percentile(p50Of(figures.times.firstToken), figures.times.firstToken ?? undefined),
        percentile(p95Of(figures.times.firstToken), figures.times.firstToken ?? undefined),
      ]),
    },
    true,
  )
}

function ratedUp({ratings: {up, down}}: Figures): string {
  return up + down === 0 ? '–' : `${share(up, up + down)} of ${count(up + down)}`
}

export function modelsTable({total}: Analytics, listOf: List): TemplateResult {
  return section('Models', 'What they read and wrote, in tokens.', {
    caption: 'Models',
    columns: ['Model', 'Read', 'Read from cache', 'Written', 'Cost'],
    rows: [...total.tokens]
      .sort((a, b) => tokensOf(b) - tokensOf(a))
      .map(({model, inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, cost}) => [
        model === null ? 'no model' : linked(model, listOf({model})),
        many(inputTokens + cacheWriteTokens),
        many(cacheReadTokens),
        many(outputTokens),
        money(cost),
      ]),
  })
}

export function languagesTable({languages, total}: Analytics, listOf: List): TemplateResult {
  const names = new Intl.DisplayNames('en', {type: 'language'})
  return section('Languages', 'Of the questions.', {
    caption: 'Languages',
    columns: ['Language', 'Questions', 'Share'],
    rows: languages.map(({lang, answers}) => [
      lang === null ? 'not known' : (names.of(lang) ?? lang),
      linked(count(answers), lang === null ? null : listOf({lang})),
      share(answers, total.answers),
    ]),
  })
}

export function channelsTable({channels, total}: Analytics, listOf: List): TemplateResult {
  return section('Clients', 'What kind of client asked.', {
    caption: 'Clients',
    columns: ['Came in by', 'Questions', 'Share'],
    rows: channels.map(({channel, answers}) => [
      wordsOfChannel(channel),
      linked(count(answers), listOf({channel})),
      share(answers, total.answers),
    ]),
  })
}
