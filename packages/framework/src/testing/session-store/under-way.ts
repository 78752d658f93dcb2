// Why: what requests that run at once do to each other is tried in an order that the case decides.
import type { Act, Visit, Visitor } from './visitor.js'

/** A request that has read its session and goes on when told to. */
export async function underWay(someone: Visitor, act: Act<void>): Promise<() => Promise<Visit<void>>> {
  let goOn = () => {}
  const told = new Promise<void>((resolve) => {
    goOn = resolve
  })
  let visit: Promise<Visit<void>> | undefined
  await new Promise<void>((resolve) => {
    visit = someone.does(async (controller) => {
      void controller.data
      resolve()
      await told
      return await act(controller)
    })
    // It may end before it is under way; whoever tells it to go on learns why.
    visit.then(
      () => resolve(),
      () => resolve(),
    )
  })
  return () => {
    goOn()
    return visit as Promise<Visit<void>>
  }
}
