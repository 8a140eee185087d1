//! EF.CardSecurity, signed like EF.SOD.

use super::der::{oid, tlv};
use super::{CertificateRecipe, Recipe};

/// An EF.CardSecurity that can be wrong.
#[derive(Clone)]
pub struct CardSecurityRecipe {
    pub infos: Vec<Vec<u8>>,
    pub signer: CertificateRecipe,
    pub wrong_signature: bool,
}

impl CardSecurityRecipe {
    /// Signed by the document's own signer.
    pub fn of(recipe: &Recipe, infos: Vec<Vec<u8>>) -> Self {
        Self {
            infos,
            signer: recipe.ds.clone(),
            wrong_signature: false,
        }
    }

    pub fn build(&self, recipe: &Recipe) -> Vec<u8> {
        // What is wrong with EF.SOD is not wrong here.
        let right = Recipe::genuine();
        let content = tlv(0x31, &[&self.infos.concat()]);
        let mut file = Recipe {
            signing_time: recipe.signing_time,
            ..right
        }
        .signed_data(oid::SECURITY_OBJECT, &content, &self.signer);
        if self.wrong_signature {
            *file.last_mut().expect("bytes") ^= 1;
        }
        file
    }
}
