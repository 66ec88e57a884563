//! What a shell and `man` want to know of this command.

use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

pub const EXIT_CODES: &str = "\
Exit codes:
  0  printed
  2  wrong usage";

#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct CompletionsArgs {
    /// The shell that reads them
    #[arg(value_enum)]
    shell: Shell,
}

const SECTION: &str = "1";

pub fn completions(mut command: Command, args: &CompletionsArgs) -> std::io::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "unum-streaming", &mut script);
    crate::output::print(&script)
}

/// One page: the command, then each subcommand with its own options.
pub fn man(command: Command) -> std::io::Result<()> {
    let mut page = Vec::new();
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let main = Man::new(command.clone()).section(SECTION);
    main.render(&mut page)?;
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        let name = subcommand.get_name().to_uppercase();
        page.extend(format!(".SH \"UNUM-STREAMING {name}\"\n").bytes());
        let section = Man::new(subcommand.clone());
        section.render_description_section(&mut page)?;
        section.render_synopsis_section(&mut page)?;
        section.render_options_section(&mut page)?;
        section.render_extra_section(&mut page)?;
    }
    crate::output::print(&page)
}
