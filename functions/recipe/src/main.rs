//! The function `RecipeGenerator`. Everything is in the library.

use contract::task::RecipeGenerator;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    runtime::run_with::<RecipeGenerator, _, _, _>(|| std::future::ready(recipe::settings::generator())).await
}
