// A person at a terminal: programs that look whether there is one are run at a pseudo terminal, by Python, which has one.
import { execute } from './processes.js'

/** What is waited for on the screen, and then typed. */
export type Line = readonly [seen: string, typed: string]

const DRIVER = `import json, os, pty, select, signal, sys, time
lines, program = json.loads(sys.argv[1]), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(program[0], program)
end, screen, since = time.time() + 40, '', 0
while time.time() < end:
    if lines and lines[0][0] in screen[since:]:
        since = len(screen)
        os.write(terminal, lines.pop(0)[1].encode())
    if not select.select([terminal], [], [], 0.1)[0]:
        continue
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        piece = b''
    if not piece:
        break
    screen += piece.decode(errors='replace')
else:
    os.kill(pid, signal.SIGKILL)
    screen += '(still running)'
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print(json.dumps({'status': status, 'screen': screen.replace('\\r\\n', '\\n'), 'left': lines}))
`

/** What a program did at a terminal. */
export interface Seen {
  /** Its exit code; of a signal, its negative. */
  readonly status: number
  readonly screen: string
  /** What was never typed, for what it waited for was never seen. */
  readonly left: readonly Line[]
}

/** Runs a program (by its whole path) at a terminal, for 40 s at most. */
export async function atTerminal(program: readonly string[], lines: readonly Line[], cwd: string): Promise<Seen> {
  const { output } = await execute('python3', ['-c', DRIVER, JSON.stringify(lines), ...program], { cwd })
  return JSON.parse(output) as Seen
}
