// Why: a person at a terminal can be asked for what a program must give as options; nobody else ever is.
import { createInterface } from 'node:readline'
import { CliError } from './cli-error.js'

/** Whether there is a person to ask. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true
}

/**
 * Asks until an answer will do.
 * @param accept returns what the answer stands for, or throws a CliError that says what is wrong with it
 * @throws CliError when the terminal is closed. Ctrl+C ends the process, as at any other time
 */
export async function ask<T>(question: string, accept: (answer: string) => T): Promise<T> {
  for (;;) {
    const answer = (await readAnswer(question)).trim()
    try {
      return accept(answer)
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      process.stdout.write(`${error.message}\n`)
    }
  }
}

/** Asks for one of a few words, of which the beginning is enough; no answer is the first. */
export async function askChoice<T extends string>(question: string, choices: readonly [T, ...T[]]): Promise<T> {
  return await ask(`${question} (${choices.join(' or ')}) [${choices[0]}] `, (answer) => {
    const chosen = choices.find((choice) => choice.startsWith(answer.toLowerCase()))
    if (chosen !== undefined) return chosen
    throw new CliError(`${JSON.stringify(answer)} is none of them.`, `answer ${choices.join(' or ')}.`)
  })
}

function readAnswer(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  return new Promise<string>((resolve, reject) => {
    terminal.once('SIGINT', () => {
      process.stdout.write('\n')
      terminal.close()
      process.kill(process.pid, 'SIGINT')
    })
    terminal.once('close', () => {
      reject(new CliError('There was no answer. Nothing was written.', 'answer, or give options and --yes.'))
    })
    terminal.question(question, (answer) => {
      resolve(answer)
      terminal.close()
    })
  })
}
