import { Argument, type Command } from 'commander';
import type { Io } from '../io';

/** A case of a shell's `case` for each command: what may follow it. */
function cases(command: Command, path: readonly string[] = []): string[] {
  const words = [
    ...command.commands.map((child) => child.name()),
    ...command.options.flatMap((option) => (option.long ? [option.long] : [])),
    '--help',
  ];
  return [
    `    '${path.join(' ')}') words='${words.join(' ')}' ;;`,
    ...command.commands.flatMap((child) => cases(child, [...path, child.name()])),
  ];
}

function script(program: Command, shell: string): string {
  const bash = `_crossconnect() {
  local path='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${cases(program).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _crossconnect crossconnect
`;
  return shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${bash}` : bash;
}

/** `crossconnect completion bash|zsh`. */
export function register(command: Command, io: Io): void {
  command
    .addArgument(new Argument('<shell>', 'for which shell').choices(['bash', 'zsh']))
    .addHelpText('after', '\nExample:\n  $ source <(crossconnect completion bash)')
    .action((shell: string) => {
      io.stdout.write(script(command.parent ?? command, shell));
    });
}
