//! Prints the rows of `bench/schedule/schedule.md`: `cargo bench --bench schedule` (about 90 s).

#[path = "../../tests/schedule.rs"]
mod simulation;

fn main() {
    simulation::print_tables();
}
