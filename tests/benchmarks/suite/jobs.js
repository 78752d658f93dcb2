// Why: a run is a list of single measurements, in an order that lets drift hit all alike: round by round, the peers in turn.
import { GROWTH, growthPoints } from './growth.js'
import { measure, measureStart } from './measure.js'
import { WORK } from './work.js'

/** Puts a figure at a place in nested objects, at a round. */
function keep(results, path, round, figures) {
  let at = results
  for (const [depth, key] of path.entries()) {
    at[key] ??= depth === path.length - 1 ? [] : {}
    at = at[key]
  }
  at[round] = figures
}

/** Each round begins with another peer, so that none always follows the same one. */
const turned = (list, by) => [...list.slice(by % list.length), ...list.slice(0, by % list.length)]

const titleOf = (tools, peer) => tools.described[peer].title

/**
 * All measurements of a run: each `title` and `run()`, which keeps its figures in `node`, null where it failed.
 * @param plan `peers`, `works`, `rounds`, `seconds`, `warmUp`, `sections`, `rates`
 */
export function jobsOf(tools, plan, node) {
  const { seconds, warmUp } = plan
  const peers = plan.peers.filter((peer) => runsOn(tools.described[peer], node.version))
  const can = (peer, work) =>
    tools.described[peer].apps.includes(WORK[work].app) &&
    (WORK[work].app !== 'memcached' || tools.memcached !== undefined)
  const program = { node: node.program, seconds, warmUp }
  const job = (title, round, path, take) => ({
    title: `Node ${node.version}, round ${round + 1}: ${title}`,
    fail: () => keep(node.results, path, round, null),
    run: async () => keep(node.results, path, round, await take()),
  })
  const list = []
  for (let round = 0; round < plan.rounds; round++) {
    const inTurn = turned(peers, round)
    if (plan.sections.includes('work'))
      for (const work of plan.works)
        for (const peer of inTurn.filter((each) => can(each, work)))
          list.push(
            job(`${titleOf(tools, peer)}, ${WORK[work].title}`, round, ['work', work, peer], () =>
              measure(tools, { ...program, peer, work }),
            ),
          )
    for (const rate of plan.sections.includes('open-loop') ? plan.rates : [])
      for (const work of plan.works)
        for (const peer of inTurn.filter((each) => can(each, work)))
          list.push(
            job(
              `${titleOf(tools, peer)}, ${WORK[work].title}, ${rate}/s`,
              round,
              ['openLoop', work, String(rate), peer],
              () => measure(tools, { ...program, peer, work, rate }),
            ),
          )
    if (plan.sections.includes('start'))
      for (const peer of inTurn)
        list.push(
          job(`${titleOf(tools, peer)}, start`, round, ['start', peer], () =>
            measureStart(tools, { node: node.program, peer }),
          ),
        )
    // A line of points steadies itself: one round less is enough.
    if (plan.sections.includes('growth') && (round === 0 || round < plan.rounds - 1))
      for (const { growth, peer, value } of growthPoints(peers)) {
        const { work, option, fixed, title, unit } = GROWTH[growth]
        if (can(peer, work))
          list.push(
            job(
              `${titleOf(tools, peer)}, ${title}: ${value} ${unit}`,
              round,
              ['growth', growth, peer, String(value)],
              () => measure(tools, { ...program, peer, work, options: { ...fixed, [option]: value } }),
            ),
          )
      }
  }
  return list
}

const runsOn = ({ minimumNode = 0 }, version) => Number.parseInt(version, 10) >= minimumNode
