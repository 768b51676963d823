//! Prints the table of `bench/schedule.md`: `cargo bench --bench schedule` (a minute).

#[path = "../tests/schedule.rs"]
mod simulation;

fn main() {
    simulation::the_table();
}
